"""Scripts as users write them get and log the same, whatever their `import wandb` loads.

What they should log was recorded with W&B's own package: `python tests/compatibility/channels.py`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import channels
import pytest
from channels import Seen

EXPECTED = json.loads(channels.EXPECTED.read_text("utf-8"))
CHANNELS = [f"wandb {version}" for version in channels.VERSIONS]
CHANNELS += ["stand-in", "import sweepcli as wandb"]


class Session(NamedTuple):
    """All scripts, run through one channel."""

    channel: str
    seen: dict[str, Seen]
    notes: list[str]  # the agent's, on how they log


@pytest.fixture(scope="module", params=CHANNELS)
def session(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Session]:
    channel, folder = request.param, tmp_path_factory.mktemp("scripts")
    version = channel.removeprefix("wandb ") if channel.startswith("wandb ") else None
    packages = channels.package(version) if version else None
    scripts = channels.as_sweepcli(folder / "as") if "sweepcli" in channel else channels.SCRIPTS
    with pytest.MonkeyPatch.context() as monkeypatch:
        seen, told = channels.run_all(folder, scripts, monkeypatch, packages=packages)
        yield Session(channel, seen, told.ways)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("script", channels.NAMES)
def test_a_script_shows_what_it_shows_with_wandb(script: str, session: Session) -> None:
    seen, expected = session.seen[script], EXPECTED[script]

    assert (seen.state, seen.exit_code) == (expected["state"], expected["exit_code"]), seen.output
    assert seen.config == expected["config"]
    assert seen.history == expected["history"]
    assert {name: value for name, value in seen.summary.items() if value is not None} == (
        expected["summary"]
    )


def test_the_agent_says_how_the_scripts_log(session: Session) -> None:
    wanted = {"stand-in": "the stand-in for wandb", "import sweepcli as wandb": "sweepcli's SDK"}
    assert len({*session.notes}) == 1
    assert session.notes[0].startswith(f"through {wanted.get(session.channel, session.channel)}")


def test_every_script_says_something() -> None:
    assert len(channels.NAMES) >= 20
    assert set(EXPECTED) == set(channels.NAMES)
    assert all(each["history"] for each in EXPECTED.values())
    assert {name for name in EXPECTED if EXPECTED[name]["state"] != "finished"} == {"fails"}


def test_scripts_run_by_themselves_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any agent: outside of a sweep they use what they give to init()."""
    monkeypatch.chdir(tmp_path)
    for script in ("with_run", "calls"):
        text = (channels.SCRIPTS / f"{script}.py").read_text("utf-8")
        text = text.replace("config.epochs", "config.get('epochs', 2)")
        text = text.replace("config.lr", "config.get('lr', 0.5)").replace("run.sweep_id and ", "")
        result = subprocess.run(
            [sys.executable, "-m", "sweepcli", "run", sys.executable, "-c", text],
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stderr
    assert len([*tmp_path.glob("sweep-results/*/*/runs/*/1/events.jsonl")]) == 2
