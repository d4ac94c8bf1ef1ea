"""Runs the scripts beside this file in each of the ways in which `import wandb` can be served."""

from __future__ import annotations

import json
import os
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from support import Told, a_sweep
from sweepcli import dotted, public_api
from sweepcli.agent_loop import run_agent
from sweepcli.agent_options import AgentOptions
from sweepcli.metrics.events import EventFile
from sweepcli.slots import Slot
from sweepcli.stores import open_store
from sweepcli.wandb_use import WandbUse

if TYPE_CHECKING:
    import pytest

    from sweepcli.records import JSON

SCRIPTS = Path(__file__).parent / "scripts"
NAMES = sorted(path.stem for path in SCRIPTS.glob("*.py"))
# Where W&B's package is kept for these tests, in the versions below: `make test` sees to it.
PACKAGES = Path(os.environ.get("WANDB_PACKAGES", Path(sys.prefix) / "wandb"))
LATEST, OLDER = "0.31.0", "0.19.11"
PARAMETERS = {
    "script": {"values": NAMES},
    "lr": {"value": 0.1},
    "epochs": {"value": 4},
    "batch_size": {"value": 16},
    "model": {"parameters": {"width": {"value": 8}}},
}
# What tells of a kept file is compared by these alone: names and sizes of files may differ.
ABOUT_MEDIA = ("_type", "ncols", "nrows", "width", "height", "count", "values", "bins")


class Seen(NamedTuple):
    """What a script has seen and shown."""

    state: str
    exit_code: int | None
    config: dict[str, JSON]
    history: list[dict[str, JSON]]  # one row for each step
    summary: dict[str, JSON]
    output: str


def run_all(
    folder: Path, scripts: Path, monkeypatch: pytest.MonkeyPatch, *, packages: Path | None
) -> tuple[dict[str, Seen], Told]:
    """Run every script once, and return what was seen, by the script's name."""
    config: dict[str, JSON] = {
        "method": "grid",
        "metric": {"name": "loss"},
        "command": [sys.executable, f"{scripts}/${{script}}.py", "${args}"],
        "parameters": PARAMETERS,
    }
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PYTHONPATH", str(packages) if packages else "")
    monkeypatch.delenv("WANDB_MODE", raising=False)
    results, told = str(folder / "sweep-results"), Told()
    with closing(open_store(results)) as store:
        store.add_sweep(a_sweep(config))
        options = AgentOptions(slots=(Slot(0), Slot(1)), most_failures=99, wandb=WandbUse.AUTO)
        run_agent(store, [store.sweep("s1")], options, told, results=results)
    return {run.params["script"]: _seen(run) for run in public_api.Api().sweep("s1").runs}, told


def _seen(run: public_api.Run) -> Seen:
    rows = [{k: v for k, v in row.items() if k != "_timestamp"} for row in run.scan_history()]
    summary = _plain({name: value for name, value in run.summary.items() if name[0] != "_"})
    folder = Path(run.dir)
    return Seen(
        *(run.state, run.exit_code, _last_config(folder), [_plain(row) for row in rows], summary),
        (folder / "output.log").read_text("utf-8"),
    )


def _last_config(folder: Path) -> dict[str, JSON]:
    events = [event for _, event in EventFile(str(folder / "events.jsonl")).drain(ended=True)]
    configs = [event["config"] for event in events if event.get("_event") == "config"]
    return dict(configs[-1]) if configs else {}


def _plain(values: dict[str, JSON]) -> dict[str, JSON]:
    """Return values under dotted names, comparable: of media, what does not depend on files."""
    flat = dict(dotted.leaves(values))
    media = {name.rpartition(".")[0] for name in flat if name.endswith("._type")}
    return {
        name: "nan" if value != value else value  # noqa: PLR0124 -- NaN
        for name, value in flat.items()
        if name.rpartition(".")[0] not in media or name.rpartition(".")[2] in ABOUT_MEDIA
    }


def as_sweepcli(folder: Path) -> Path:
    """Return a copy of the scripts that import sweepcli as wandb."""
    folder.mkdir()
    for name in NAMES:
        text = (SCRIPTS / f"{name}.py").read_text("utf-8")
        text = text.replace("import wandb\n", "import sweepcli as wandb\n")
        text = text.replace("from wandb.errors import", "from sweepcli import")
        (folder / f"{name}.py").write_text(text, "utf-8")
    return folder


def shown(seen: Seen) -> str:
    """Return what a script has seen as text, for the message of a failed test."""
    return json.dumps(seen._asdict(), indent=1, default=str)
