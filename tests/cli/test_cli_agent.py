from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from command_lines import CONFIG, Bash, Call, Create


def test_agent_tells_of_every_run_and_why_it_ended(call: Call, path: str) -> None:
    answer = call(f"agent {path}")

    assert (answer.code, answer.out) == (0, "tried 3\ntried 1\ntried 2\n")
    lines = answer.err.splitlines()
    assert lines[0] == "sweepcli: Starting agent"
    assert lines[1].startswith("sweepcli: Agent starting run ")
    assert lines[1].endswith(" (1 of 3): x=3")
    assert lines[2].endswith(" logs to its event file")
    assert lines[3].endswith(": loss=3")
    assert " failed (exit code 1: tried 2) after " in lines[7]
    assert "; its output: sweep logs " in lines[7]
    assert answer.err.count(" logs to ") == 1
    assert lines[-2].startswith("sweepcli: Agent ended, nothing is left")
    assert lines[-2].endswith("Its runs: 2 finished, 1 failed (1 x exit code 1: tried 2)")
    assert answer.err.count("tried 2") == 2  # as the tail of its output, and as the cause


@pytest.mark.parametrize("form", ["--count 1 {}", "{} --count 1", "--count=1 -p demo -e me {}"])
def test_options_stand_before_or_after_the_path(form: str, call: Call, path: str) -> None:
    for name in (path, path.partition("/")[2], path.rpartition("/")[2]):
        assert call(f"agent {form.format(name)}").out.count("tried") == 1


@pytest.mark.parametrize("count", ["0", "-1", "''", "1.5", "x"])
def test_count_that_is_no_number_from_1_is_wrong_usage(count: str, call: Call, path: str) -> None:
    answer = call(f"agent --count {count} {path}")

    assert answer.code == 2
    assert "leave --count out to run until nothing is left" in answer.err
    assert call(f"sweep runs {path} --all").out.count("\n") == 1


def test_empty_count_is_explained_by_an_empty_variable(call: Call) -> None:
    assert "is a shell variable not set?" in call("agent --count '' abcd1234").err


@pytest.mark.parametrize("name", ["abcd1234", "a/b/abcd1234"])
def test_unknown_sweep_is_an_error_and_creates_nothing(name: str, folder: Path, call: Call) -> None:
    answer = call(f"agent {name}")

    assert answer.code == 1
    assert "sweepcli: ERROR no sweep" in answer.err
    assert not (folder / "sweep-results").exists()


def test_path_with_too_many_parts_is_wrong_usage(call: Call) -> None:
    assert call("agent a/b/c/d").code == 2


def test_path_and_id_of_one_sweep_are_one(call: Call, path: str) -> None:
    answer = call(f"agent --json {path.rpartition('/')[2]} {path}").json
    assert (answer["paths"], answer["ran"]) == ([path], 3)


def test_several_sweeps_are_worked_through_in_their_order(call: Call, path: str) -> None:
    other = call("sweep sweep.yaml").out.strip()

    answer = call(f"agent --json --count 4 {other} {path}").json

    assert (answer["paths"], answer["ran"]) == ([other, path], 4)
    assert call(f"sweep show {other} --json").json["done"] == 3
    assert call(f"sweep show {path} --json").json["done"] == 1


def test_a_sweep_that_is_unknown_among_several_starts_nothing(call: Call, path: str) -> None:
    answer = call(f"agent {path} abcd1234")
    assert (answer.code, "no sweep 'abcd1234'" in answer.err) == (1, True)
    assert call(f"sweep show {path} --json").json["done"] == 0


def test_quiet_agent_tells_of_failures_and_the_end(call: Call, path: str) -> None:
    answer = call(f"agent --quiet {path}")

    assert answer.out == ""
    first, tail, end = answer.err.splitlines()
    assert (" failed (exit code 1: tried 2) " in first, tail) == (True, "sweepcli:   tried 2")
    assert end.endswith("Its runs: 2 finished, 1 failed (1 x exit code 1: tried 2)")


@pytest.mark.parametrize(
    ("options", "err", "counts"),
    [
        ("", "err", (1, 0)),
        ("", "&1", (1, 0)),
        ("-j 2", "err", (1, 0)),
        ("--quiet", "err", (0, 1)),
        ("--json", "err", (0, 1)),
        ("", "err >/dev/null", (0, 1)),
        ("", "err >&-", (0, 1)),
    ],
)
def test_what_a_failed_run_printed_is_shown_once(
    options: str, err: str, counts: tuple[int, int], folder: Path, bash: Bash, path: str
) -> None:
    bash(f"agent {options} {path} >out 2>{err}")

    shown = [(folder / name).read_text() for name in ("out", "err") if (folder / name).exists()]
    found = [len(re.findall("tried 2$", text, re.MULTILINE)) for text in shown]
    assert sum(found) == 1
    assert [*found, 0][:2] == [*counts]


def test_verbose_agent_tells_command_lines_and_folders_too(call: Call, path: str) -> None:
    usual = call(f"agent --count 1 {path}").err.splitlines()
    verbose = call(f"agent -v --count 1 {path}").err.splitlines()

    start = next(at for at, line in enumerate(verbose) if "Agent starting run" in line)
    run_id = verbose[start].split()[4]
    command, folder = verbose[start + 1 : start + 3]
    assert command.startswith("sweepcli:   command: sh -c 'echo tried 1; echo ")
    assert folder.startswith("sweepcli:   folder: ")
    assert folder.endswith(f"/{path}/runs/{run_id}/1")
    assert len(verbose) == len(usual) + 2


def test_quiet_and_verbose_at_once_is_wrong_usage(call: Call, path: str) -> None:
    answer = call(f"agent -qv {path}")
    assert (answer.code, "leave one of them out" in answer.err) == (2, True)


def test_a_run_that_was_stopped_is_told_with_its_reason_and_no_more(
    call: Call, created: Create
) -> None:
    logs_nan = """echo '{"loss": NaN}' >> $SWEEPCLI_EVENTS; sleep 600 & wait"""
    config = f"""
method: grid
command: [sh, -c, {json.dumps(logs_nan)}]
metric: {{name: loss}}
early_terminate: {{type: nan}}
parameters: {{x: {{value: 1}}}}
"""
    path = created(config)

    loud, quiet = call(f"agent {path}"), call(f"agent --quiet {path}")

    assert (loud.code, quiet.code) == (0, 0)
    assert re.search(r"Run \w+ stopped \(at step 0: the metric is nan\) after [\d.]+ s\n", loud.err)
    assert "its output" not in loud.err


def test_what_an_agent_gave_up_on_is_told_though_it_waits_for_another(
    call: Call, created: Create
) -> None:
    path = created(CONFIG.replace("test ${x} != 2", "false"))

    answer = call(f"agent {path}")

    assert answer.code == 3
    assert ": each exit code 1: tried 2; 3 given back" in answer.err  # but for their values
    [failure] = call(f"sweep show --json {path}").json["failures"]
    assert (failure["count"], failure["cause"]) == (3, "exit code 1: tried 2")


def test_json_is_all_that_stands_on_standard_output(call: Call, path: str) -> None:
    answer = call(f"agent --json {path}").json
    assert (answer["path"], answer["ran"], answer["exit_code"]) == (path, 3, 0)
    assert answer["states"] == {"finished": 2, "failed": 1}


def test_flags_of_wandb_s_signals_are_taken_and_answered(call: Call, path: str) -> None:
    answer = call(f"agent -f -t 30 {path}")
    assert answer.code == 0


def test_each_run_is_told_with_its_gpus(call: Call, path: str) -> None:
    answer = call(f"agent --gpus 0,1,2,3 --gpus-per-run 2 {path}")

    assert "sweepcli: 2 runs at a time on GPUs 0, 1, 2, 3\n" in answer.err
    assert ") on GPU 0, 1: x=3\n" in answer.err
    assert ") on GPU 2, 3: x=1\n" in answer.err


def test_strict_makes_a_failed_run_an_error(call: Call, path: str) -> None:
    assert call(f"agent --strict {path}").code == 1


@pytest.mark.parametrize("options", ["--max-time soon", "-t -1", "--max-time ''", "-j 0"])
def test_a_number_or_time_that_is_none_is_wrong_usage(options: str, call: Call) -> None:
    answer = call(f"agent {options} abcd1234")
    assert (answer.code, "Error: Invalid value for" in answer.err) == (2, True)


def test_method_that_is_not_obeyed_yet_is_an_error(call: Call) -> None:
    created = call("sweep own.yaml", CONFIG.replace("grid", "custom"))

    answer = call(f"agent {created.out}")

    assert "method: custom needs `scheduler: {engine: optuna}`" in created.err
    assert (answer.code, "ERROR method: custom needs" in answer.err) == (1, True)
