"""`agent CONFIG.yaml`: a new sweep at each call, and where that is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from command_lines import Bash, Call
from sweepcli import commands
from sweepcli.cli import quick


def paths(call: Call) -> list[str]:
    return [sweep["path"] for sweep in call("sweep ls --json").json]


def test_a_config_makes_a_sweep_and_runs_it_and_says_how_to_join_it(call: Call) -> None:
    answer = call("agent sweep.yaml")

    (path,) = paths(call)
    assert answer.code == 0
    shown = [line.removeprefix("sweepcli: ") for line in answer.err.splitlines()]
    assert shown[0] == "Creating sweep from: sweep.yaml"
    assert shown[1] == f"Creating sweep with ID: {path[-8:]}"
    assert shown[4] == f"Run sweep agent with: {commands.line('agent')} {path}"
    assert "This is a new sweep" in shown[3]
    assert "Its runs: 2 finished, 1 failed" in shown[-2]
    assert "tried 3" in answer.out


def test_each_call_makes_another_one_and_the_path_joins_it(call: Call) -> None:
    first = call("agent --count 1 --json sweep.yaml").json["path"]
    second = call("agent --count 1 --json sweep.yaml").json["path"]

    assert call(f"agent --json {first}").json["ran"] == 2
    assert sorted(paths(call)) == sorted([first, second])


def test_configs_and_paths_are_mixed_in_their_order(call: Call, folder: Path, path: str) -> None:
    (folder / "b.yml").write_text("{method: grid, command: ['true'], parameters: {x: {value: 1}}}")
    (folder / "c.JSON").write_text((folder / "b.yml").read_text().replace("'", '"'))

    found = call(f"agent --json b.yml {path} c.JSON").json

    assert len(found["paths"]) == 3
    assert found["paths"][1] == path
    assert found["ran"] == 5
    assert sorted(paths(call)) == sorted(found["paths"])


def test_entity_and_project_name_the_new_sweep(call: Call) -> None:
    found = call("agent --json -q -e us -p own sweep.yaml").json

    assert found["path"].startswith("us/own/")


def test_the_quick_agent_makes_sweeps_as_well(bash: Bash, call: Call) -> None:
    assert quick.plain_call(["-q", "sweep.yaml"]) is not None

    answer = bash("agent -q sweep.yaml; agent -q sweep.yaml")

    assert len(paths(call)) == 2
    assert answer.err.count("Run sweep agent with: ") == 2


def test_a_new_sweep_stays_in_the_working_directory(
    call: Call, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call("sweep sweep.yaml")
    inner = folder / "inner"
    inner.mkdir()
    (inner / "sweep.yaml").write_text((folder / "sweep.yaml").read_text())
    monkeypatch.chdir(inner)

    call("agent -q sweep.yaml")

    assert (inner / "sweep-results").is_dir()


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("abcd1234.json", 1, "abcd1234.json: no such file; to run a sweep, give its path"),
        ("sweep.yml", 1, "sweep.yml: no such file (did you mean 'sweep.yaml'?)"),
        ("sweep.yaml me/demo/nothing0", 1, "no sweeps in "),
        ("sweep.yaml bad.yaml", 1, "bad.yaml:1:1"),
        ("gpu.yaml", 1, "${gpu} needs an agent with GPUs"),
        ("-", 2, "-: an agent reads no config from standard input; create it once with `"),
        ("--requeue sweep.yaml", 2, "with --requeue, each start would make a new sweep"),
        ("--next sweep.yaml", 2, "sweep.yaml is a config file, not a sweep"),
        ("--next -", 2, "- is a config file, not a sweep"),
    ],
)
def test_what_cannot_be_run_is_refused_and_nothing_is_created(
    call: Call, folder: Path, line: str, code: int, said: str
) -> None:
    (folder / "bad.yaml").write_text("method: grid")
    (folder / "gpu.yaml").write_text(
        "{method: grid, command: [echo, '${gpu}'], parameters: {x: {value: 1}}}"
    )
    answer = call(f"agent {line}")

    assert answer.code == code
    assert said in answer.err
    assert list(folder.glob("sweep-results/*/*/*/sweep.yaml")) == []


def test_tasks_of_an_array_do_not_make_a_sweep_each(
    call: Call, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLURM_ARRAY_TASK_ID", "3")

    refused = call("agent sweep.yaml")

    assert refused.code == 2
    assert "each task of a SLURM array would make a sweep of its own" in refused.err
    assert f"create it once with `{commands.line('sweep sweep.yaml')}`" in refused.err
    assert paths(call) == [path]
    assert call(f"agent -q {path}").code == 0


@pytest.mark.parametrize("line", ["launch --on local", "show", "best", "runs", "--stop"])
def test_other_commands_say_that_a_config_is_no_sweep(call: Call, path: str, line: str) -> None:
    answer = call(f"sweep {line} sweep.yaml")

    assert path
    assert answer.code == 2
    assert f"`{commands.line('sweep sweep.yaml')}` creates a sweep of it" in answer.err
