"""Runs the scripts beside this file through each channel: W&B's package, the stand-in, our SDK.

As a program it records what they log with the latest version of W&B's package.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from needed import lacking
from support import Told, a_sweep
from sweepcli.agents.loop import run_agent
from sweepcli.agents.options import AgentOptions
from sweepcli.api import reading
from sweepcli.records import JSON
from sweepcli.runs.metrics.events import EventFile
from sweepcli.runs.slots import Slot
from sweepcli.runs.wandb_use import WandbUse
from sweepcli.stores import open_store
from sweepcli.values import leaves

SCRIPTS = Path(__file__).parent / "scripts"
NAMES = sorted(path.stem for path in SCRIPTS.glob("*.py"))
EXPECTED = Path(__file__).parent / "expected.json"
# Versions of W&B's package, each in a folder of its own: `make test` puts two of them there,
# `.ci/run` more.
PACKAGES = Path(os.environ.get("WANDB_PACKAGES", Path(sys.prefix) / "wandb"))
LATEST = "0.31.0"
VERSIONS = os.environ.get("WANDB_VERSIONS", f"{LATEST} 0.28.0").split()
PARAMETERS = {
    "script": {"values": NAMES},
    "lr": {"value": 0.1},
    "epochs": {"value": 4},
    "batch_size": {"value": 16},
    "model": {"parameters": {"width": {"value": 8}}},
}
# Of media only these are compared: the names and sizes of their files may differ.
ABOUT_MEDIA = ("_type", "ncols", "nrows", "width", "height", "count", "values", "bins")


class Seen(NamedTuple):
    """The config that a script got, and what it logged."""

    state: str
    exit_code: int | None
    config: dict[str, JSON]
    history: list[dict[str, JSON]]  # one row for each step
    summary: dict[str, JSON]
    output: str


def package(version: str) -> Path:
    """Return the folder of a version of W&B's package; skip the test if it is not there."""
    folder = PACKAGES / version
    if not (folder / "wandb").is_dir():
        lacking(f"wandb {version} is not in {PACKAGES}: `make compatibility` puts it there")
    return folder


def run_all(
    folder: Path, scripts: Path, monkeypatch: pytest.MonkeyPatch, *, packages: Path | None
) -> tuple[dict[str, Seen], Told]:
    """Run every script once, and return what each got and logged, by its name."""
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
    return {run.params["script"]: _seen(run) for run in reading.Api().sweep("s1").runs}, told


def _seen(run: reading.Run) -> Seen:
    rows = [{k: v for k, v in row.items() if k != "_timestamp"} for row in run.scan_history()]
    folder = Path(run.dir)
    return Seen(
        state=run.state,
        exit_code=run.exit_code,
        config=_last_config(folder),
        history=[_plain(row) for row in rows],
        summary=_plain({name: value for name, value in run.summary.items() if name[0] != "_"}),
        output=(folder / "output.log").read_text("utf-8"),
    )


def _last_config(folder: Path) -> dict[str, JSON]:
    events = [event for _, event in EventFile(str(folder / "events.jsonl")).drain(ended=True)]
    configs = [event["config"] for event in events if event.get("_event") == "config"]
    return dict(configs[-1]) if configs else {}


def _plain(values: dict[str, JSON]) -> dict[str, JSON]:
    """Return values under dotted names; of media, only what does not depend on files."""
    flat = dict(leaves(values))
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


def record() -> None:
    """Write what the scripts log with the latest version of W&B's package, as the expectation."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as monkeypatch:
        seen, _ = run_all(Path(folder), SCRIPTS, monkeypatch, packages=package(LATEST))
    expected = {name: seen[name]._asdict() for name in NAMES}
    for each in expected.values():
        del each["output"]
    EXPECTED.write_text(json.dumps(expected, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    record()
