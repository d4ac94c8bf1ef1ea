"""How an agent of this process starts runs, and what they are told."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Unpack

import pytest

from support import Options, Place, a_sweep, grid, place, shell
from sweepcli import env
from sweepcli.errors import LaunchError, NotSupported
from sweepcli.records import JSON, RunState, SweepState
from sweepcli.runs.slots import Slot

F = RunState.FINISHED


def environment_of_a_run(here: Place, **options: Unpack[Options]) -> dict[str, str]:
    here.run(**options)
    [run] = here.store.runs("s1")
    lines = here.read(run).decode().splitlines()
    return dict(line.split("=", 1) for line in lines)


def test_a_run_is_told_what_it_is_by_its_environment(tmp_path: Path) -> None:
    with place(tmp_path, grid(1, shell("env"))) as here:
        told = environment_of_a_run(here)
        [run] = here.store.runs("s1")
        folder = here.folder(run)

    assert told.pop("SWEEPCLI_AGENT_ID") == run.agent_id
    assert 1024 <= int(told.pop("SWEEPCLI_PORT")) <= 65535
    expected = {
        "DIR": here.results,
        "ENTITY": "someone",
        "PROJECT": "things",
        "SWEEP_ID": "s1",
        "RUN_ID": run.id,
        "ATTEMPT": "1",
        "RESUMED": "false",
        "CHECKPOINT_DIR": f"{os.path.dirname(folder)}/checkpoints",
        "SLOT": "0",
        "GPUS": "",
        "RUN_DIR": folder,
        "PARAM_x": "1",
        "EVENTS": f"{folder}/events.jsonl",
        "PARAMS_FILE": f"{folder}/params.json",
        "PARAMS": '{"x": 1}',
        "WANDB": "auto",
    }
    assert {key: value for key, value in told.items() if key.startswith("SWEEPCLI_")} == {
        f"SWEEPCLI_{name}": value for name, value in expected.items()
    }
    assert told["WANDB_SWEEP_PARAM_PATH"] == f"{folder}/params.yaml"
    assert (told["WANDB_MODE"], told["PYTHONUNBUFFERED"]) == ("offline", "1")


def test_every_variable_that_is_set_is_documented(tmp_path: Path) -> None:
    with place(tmp_path, grid(1, shell("env"))) as here:
        told = environment_of_a_run(here, store=here.results)

    ours = {name for name in told if name.startswith(("SWEEPCLI_", "WANDB_"))} - {env.DISABLE_CODE}
    assert ours - {env.PARAM_PREFIX + "x"} == {
        name for name in env.SET if name.startswith(("SWEEPCLI_", "WANDB_"))
    } - {env.PARAM_PREFIX + "NAME"}


def test_a_run_finds_its_params_in_files(tmp_path: Path) -> None:
    with place(tmp_path, grid(1)) as here:
        here.run()
        [run] = here.told.runs

        assert here.read(run, "params.json") == b'{"x": 1}\n'
        assert here.read(run, "params.yaml") == b"wandb_version: 1\n\nx:\n  value: 1\n"


def test_params_of_a_surrounding_run_do_not_reach_an_inner_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SWEEPCLI_PARAM_stale", "1")
    monkeypatch.setenv("SWEEPCLI_RUN_ID", "outer")
    monkeypatch.setenv("WANDB_MODE", "online")
    with place(tmp_path, grid(1, shell("env"))) as here:
        here.run()
        [run] = here.store.runs("s1")
        output = here.read(run).decode()

    assert "stale" not in output
    assert f"SWEEPCLI_RUN_ID={run.id}\n" in output
    assert "WANDB_MODE=online\n" in output


def test_two_sweeps_in_one_directory_keep_their_files_apart(tmp_path: Path) -> None:
    copy = shell("cp $SWEEPCLI_PARAMS_FILE $SWEEPCLI_RUN_DIR/copy.json")
    with place(tmp_path, grid(3, copy)) as here:
        here.store.add_sweep(a_sweep(grid(3, copy), "s2"))
        for sweep_id in ("s1", "s2") * 3:
            here.run(run_limit=1, sweep_id=sweep_id)

        for sweep_id in ("s1", "s2"):
            copies = [here.read(r, "copy.json") for r in here.store.runs(sweep_id)]
            assert copies == [b'{"x": 1}\n', b'{"x": 2}\n', b'{"x": 3}\n']


def test_a_python_program_is_run_by_the_default_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", os.path.dirname(sys.executable) + os.pathsep + os.defpath)
    (tmp_path / "train.py").write_text("import sys; print(sys.argv[1:])\n")
    config = grid(1, program="train.py")
    del config["command"]
    with place(tmp_path, config) as here:
        here.run()

        assert here.read(here.told.runs[0]) == b"['--x=1']\n"
        assert here.told.notes == []


def test_a_variable_that_is_missing_is_told_before_a_run_is_taken(tmp_path: Path) -> None:
    with place(tmp_path, grid(2, ["/bin/true", "${envvar:NOPE}"])) as here:
        with pytest.raises(LaunchError, match="no variable NOPE"):
            here.run()

        assert here.states() == []


def test_a_gpu_that_no_run_will_have_is_told_before_a_run_is_taken(tmp_path: Path) -> None:
    with place(tmp_path, grid(2, ["/bin/echo", "${gpu}"])) as here:
        with pytest.raises(LaunchError, match="add --gpus all"):
            here.run()

        assert here.run(slots=[Slot(0, ("7",), ("CUDA_VISIBLE_DEVICES",))]).states == {F: 2}


def test_a_program_that_cannot_start_is_a_failure_with_its_cause(tmp_path: Path) -> None:
    with place(tmp_path, grid(2, ["./nope.sh"])) as here:
        report = here.run()

        assert (report.states, report.exit_code) == ({RunState.FAILED: 2}, 1)
        [attempt] = here.store.attempts(here.store.runs("s1")[0].id)
        assert (attempt.state, attempt.exit_code) == (RunState.FAILED, None)
        assert "'./nope.sh': not found" in str(attempt.reason)


def test_a_command_line_that_cannot_be_made_is_told_without_its_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEY", "sk-7f3a")
    config = grid(1, ["/bin/echo", "${envvar:KEY} ${x}"])
    config["parameters"] = {"x": {"distribution": "constant", "value": "a\0b"}}
    with place(tmp_path, config) as here:
        here.run()

        [attempt] = here.store.attempts(here.store.runs("s1")[0].id)
        assert str(attempt.reason).startswith(r"command: '${envvar:KEY} a\x00b' cannot be")


def test_an_attempt_that_could_not_start_leaves_what_was_shown_before(tmp_path: Path) -> None:
    log = "#!/bin/sh\necho '{\"loss\": 3}' >> $SWEEPCLI_EVENTS; rm once.sh; exit 1\n"
    (tmp_path / "once.sh").write_text(log)
    (tmp_path / "once.sh").chmod(0o755)
    config = grid(1, ["./once.sh"], metric={"name": "loss"}, max_retries=1)
    with place(tmp_path, config) as here:
        here.run()

        [run] = here.store.runs("s1")
        assert (run.attempt, run.value, run.summary) == (2, 3.0, {"loss": 3})
        assert "'./once.sh': not found" in str(run.reason)


def test_an_agent_for_which_no_program_starts_gives_up_and_gives_the_runs_back(
    tmp_path: Path,
) -> None:
    with place(tmp_path, grid(9, ["./late.sh"])) as here:
        report = here.run()
        assert (report.exit_code, report.ran) == (3, 3)
        assert "'./late.sh': not found" in report.why
        (tmp_path / "late.sh").write_text("#!/bin/sh\n")
        (tmp_path / "late.sh").chmod(0o755)

        assert here.run().states == {F: 9}

        assert [run.attempt for run in here.store.runs("s1")] == [2] * 3 + [1] * 6


@pytest.mark.parametrize("more", [{"method": "custom"}, {"early_terminate": {"type": "envelope"}}])
def test_what_is_not_obeyed_is_refused_before_a_run_is_taken(
    tmp_path: Path, more: dict[str, JSON]
) -> None:
    with place(tmp_path, {**grid(2), **more}) as here:
        with pytest.raises(NotSupported):
            here.run()

        assert here.states() == []
        assert here.store.sweep("s1").state is SweepState.PENDING


def test_a_folder_that_cannot_be_written_is_told_and_the_run_given_back(tmp_path: Path) -> None:
    with place(tmp_path, grid(1)) as here:
        (tmp_path / "sweep-results" / "someone").write_text("in the way")

        report = here.run()

        assert (report.exit_code, report.states) == (1, {RunState.PREEMPTED: 1})
        assert report.why.startswith("cannot write the run's folder")
        assert here.states() == [RunState.PREEMPTED]
