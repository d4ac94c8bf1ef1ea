"""What becomes of runs that log through W&B's own package, and do not just finish."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import channels
import pytest

import sweepcli
from support import Place, agents, grid, place, until
from sweepcli.records import JSON, RunState

LOGS = """
import os, signal, sys, time, wandb
run = wandb.init(**eval(os.environ.get("INIT", "{}")))
for step in range(50):
    run.log({"loss": 1 / (step + 1)})
"""


@pytest.fixture(autouse=True)
def _latest(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYTHONPATH", str(channels.package(channels.LATEST)))
    monkeypatch.delenv("WANDB_MODE", raising=False)
    monkeypatch.chdir(tmp_path)


def ran(here: Place) -> tuple[RunState, list[dict[str, JSON]]]:
    """Run the only run, and return its state and rows."""
    here.run()
    [run] = here.store.runs("s1")
    return run.state, [row.values for row in here.store.history(run.id, run.attempt)]


def script(text: str, **more: JSON) -> dict[str, JSON]:
    config = grid(1, [sys.executable, "-c", text], metric={"name": "loss"}, **more)
    return {**config, "max_retries": 0}


def test_a_run_that_is_killed_loses_at_most_the_last_second(tmp_path: Path) -> None:
    text = LOGS + "time.sleep(1.0)\nos.kill(os.getpid(), signal.SIGKILL)\n"
    with place(tmp_path, script(text)) as here:
        here.run(run_limit=1)
        [run] = here.store.runs("s1")
        rows = here.store.history(run.id, 1)

    assert here.told.endings[0].state is RunState.CRASHED
    assert [row.values["loss"] for row in rows] == [1 / (step + 1) for step in range(50)]


FOLDS = """
import wandb
for base in (0.6, 0.9, 0.7):
    with wandb.init(reinit=True) as run:
        run.define_metric("acc", summary="max")
        for epoch in range(2):
            run.log({"acc": base + epoch / 100})
"""


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        ({"name": "acc", "over": {"inits": "mean"}}, 2.23 / 3),
        ({"name": "acc.max", "over": {"inits": "min"}}, 0.61),
    ],
)
def test_folds_are_told_apart_by_their_logs(
    tmp_path: Path, metric: dict[str, JSON], value: float
) -> None:
    config = script(FOLDS)
    with place(tmp_path, {**config, "metric": {**metric, "goal": "maximize"}}) as here:
        ran(here)
        [run] = here.store.runs("s1")

    assert run.value == pytest.approx(value)
    assert not any("same steps" in note for note in here.told.notes)


def test_a_version_that_writes_late_is_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [older, *_] = [each for each in channels.VERSIONS if each != channels.LATEST]
    monkeypatch.setenv("PYTHONPATH", str(channels.package(older)))
    # Enough for a block of 32 KiB, so that there is something to be seen.
    text = f"{LOGS}run.log({{'text': 'x' * 200_000}})\ntime.sleep(1)\nos.kill(os.getpid(), 9)\n"
    with place(tmp_path, script(text)) as here:
        here.run(run_limit=1)

    assert any(
        note.startswith(f"wandb {older} writes its log in pieces") for note in here.told.notes
    )


def test_early_termination_loses_nothing(tmp_path: Path) -> None:
    text = LOGS + "run.log({'loss': float('nan')})\ntime.sleep(60)\n"
    with place(tmp_path, script(text, early_terminate={"type": "nan", "patience": 1})) as here:
        state, rows = ran(here)
        folder = here.folder(here.store.runs("s1")[0])

    assert state is RunState.STOPPED
    assert len(rows) == 51
    with open(f"{folder}/events.jsonl", encoding="utf-8") as file:
        events = [json.loads(line) for line in file]
    assert [e["exit_code"] for e in events if e.get("_event") == "finish"] == [255]


@pytest.mark.parametrize(
    ("end", "state", "code"),
    [
        ("run.finish(exit_code=1)", "failed", 1),
        ("run.finish()", "finished", 0),
        ("run.finish(exit_code=1); wandb.init().finish()", "finished", 0),
        ("run.finish(); wandb.init(); wandb.finish(7)", "failed", 7),
        ("sys.exit(3)", "failed", 3),
        ("run.finish(exit_code=2); os._exit(4)", "failed", 4),
        (
            "signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); os.kill(os.getpid(), 15)",
            "finished",
            0,
        ),
    ],
)
def test_a_run_ends_as_its_script_says_or_its_process(
    end: str, state: str, code: int, tmp_path: Path
) -> None:
    with place(tmp_path, script(f"{LOGS}{end}\n")) as here:
        here.run(most_failures=5)
        [run] = here.store.runs("s1")

    assert (run.state, run.exit_code) == (state, code)


@pytest.mark.parametrize("silent", ["false", "true"])
def test_a_log_that_the_script_moves_is_found(
    silent: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "else where").mkdir()
    monkeypatch.setenv("WANDB_SILENT", silent)
    monkeypatch.setenv("INIT", repr({"dir": str(tmp_path / "else where")}))
    # In silence it is found while it is open: on the agent's next look.
    with place(tmp_path, script(LOGS + "time.sleep(1.5)\n")) as here:
        state, rows = ran(here)

    assert (state, len(rows)) == (RunState.FINISHED, 50)
    assert [*tmp_path.glob("else where/wandb/*/run-*.wandb")]


def test_nothing_is_logged_in_a_mode_that_logs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANDB_MODE", "disabled")
    with place(tmp_path, script(LOGS + "assert run.config.x == 1\n")) as here:
        state, rows = ran(here)

    assert (state, rows) == (RunState.FINISHED, [])
    assert here.told.notes == ["the run logged no metrics; the sweep optimises 'loss'"]


def test_a_run_that_was_lost_with_its_agent_is_read_by_the_next(tmp_path: Path) -> None:
    text = LOGS + "sys.exit(0 if os.environ['SWEEPCLI_ATTEMPT'] == '2' else time.sleep(99))\n"
    with place(tmp_path, script(text)) as here, agents(here.results, "s1") as agent:
        until(lambda: here.store.runs("s1") and here.store.runs("s1")[0].value == 1 / 50)
        agent.kill()
        state, rows = ran(here)
        [run] = here.store.runs("s1")
        before = here.store.history(run.id, 1)

    assert (state, run.attempt, len(rows)) == (RunState.FINISHED, 2, 50)
    assert [row.values["loss"] for row in before] == [1 / (step + 1) for step in range(50)]


@pytest.mark.parametrize("version", channels.VERSIONS)
def test_what_the_package_and_its_runs_offer_is_offered(version: str) -> None:
    code = """
import wandb
from wandb.sdk.wandb_run import Run
print(*wandb.__all__)
print(*(name for name in dir(Run) if name[0] != "_"))
"""
    environ = {"PYTHONPATH": str(channels.package(version)), "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environ, check=True, capture_output=True, text=True
    )
    package, run = done.stdout.splitlines()

    ours = sweepcli.init(mode="disabled")
    assert [name for name in package.split() if not hasattr(sweepcli, name)] == []
    assert [name for name in run.split() if not hasattr(ours, name)] == ["config_static"]
    ours.finish()
