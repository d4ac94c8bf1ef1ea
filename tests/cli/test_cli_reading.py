from __future__ import annotations

import csv
import io
from contextlib import closing
from pathlib import Path

from command_lines import Bash, Call, Create
from support import suggestions
from sweepcli import stores


def test_ls_lists_every_sweep_on_a_line(call: Call, done: str) -> None:
    headings, *lines = call("sweep ls").out.splitlines()

    assert headings.split() == ["path", "name", "state", "method", "runs", "best", "age"]
    [line] = lines
    assert line.split()[:3] == [done, "finished", "grid"]
    assert " 3 of 3, 1 failed  loss=1 " in line


def test_ls_where_there_are_no_sweeps_says_what_to_do_and_creates_nothing(
    folder: Path, call: Call
) -> None:
    answer = call("sweep ls")

    assert (answer.code, answer.out) == (0, "")
    assert call("sweep ls --json").out == "[]\n"
    assert "train.py` or `sweep CONFIG.yaml`" in answer.err
    assert not (folder / "sweep-results").exists()


def test_show_tells_state_counts_best_run_failures_and_config(
    folder: Path, call: Call, done: str, failed: str
) -> None:
    out = call(f"sweep show {done}").out

    assert "state     finished" in out
    assert "runs      3 of 3 done (2 finished, 1 failed)" in out
    assert ": loss=1\n" in out
    assert f"failures  1 x exit code 1: tried 2 ({failed})" in out
    assert f"config    {folder}/sweep-results/{done}/sweep.yaml" in out
    [failure] = call(f"sweep show {done} --json").json["failures"]
    assert failure == {"count": 1, "cause": "exit code 1: tried 2", "runs": [failed]}


def test_failures_are_grouped_by_what_they_said_last_the_most_first(
    call: Call, created: Create
) -> None:
    script = "echo epoch ${x}; [ ${x} -gt 4 ] && echo CUDA out of memory; exit 1"
    path = created(
        f"method: grid\ncommand: [sh, -c, '{script}']\nparameters: {{x: {{min: 4, max: 9}}}}\n"
    )
    call(f"agent --max-consecutive-failed-runs 50 {path}")

    lines = call(f"sweep show {path}").out.splitlines()

    at = next(number for number, line in enumerate(lines) if line.startswith("failures"))
    assert lines[at].startswith("failures  5 x exit code 1: CUDA out of memory (")
    assert lines[at].endswith(", …)")
    assert lines[at + 1].strip().startswith("1 x exit code 1: epoch 4 (")


def test_show_of_a_run_tells_its_attempts_and_the_last_output(
    call: Call, done: str, failed: str
) -> None:
    call(f"sweep retry {done}")
    call(f"agent {done}")

    out = call(f"sweep show {failed}").out
    found = call(f"sweep show --json {failed}").json

    assert f"run      {failed}, number 3 of {done}" in out
    assert "state    failed (exit code 1: tried 2)" in out
    assert "params   x=2" in out
    assert out.endswith("last output\n  tried 2\n")
    attempts = [(a["attempt"], a["state"], a["rows"], a["output"]) for a in found["attempts"]]
    assert attempts == [(1, "failed", 1, "tried 2"), (2, "failed", 1, "tried 2")]
    assert found["sweep"] == done


def test_show_of_a_run_that_nobody_has_taken_says_so(folder: Path, call: Call, path: str) -> None:
    with closing(stores.open_existing(str(folder / "sweep-results"))) as store:
        store.suggest(path.rpartition("/")[2], suggestions(1), run_cap=None, now=1.0)

    assert call("sweep show r0").out.endswith("attempts\n  none yet\n")
    assert "no sweep 'r1'" in call("sweep show r1").err


def test_logs_of_an_earlier_attempt_are_kept(call: Call, done: str, failed: str) -> None:
    call(f"sweep retry {done}")
    call(f"agent {done}")

    assert call(f"sweep logs {failed} --attempt 1").out == "tried 2\n"
    assert "it has had 2" in call(f"sweep logs {failed} --attempt 3").err


def test_runs_as_csv_has_a_column_for_each_param(call: Call, done: str) -> None:
    rows = list(csv.DictReader(io.StringIO(call(f"sweep runs {done} --csv").out)))

    assert [(row["number"], row["x"], row["value"], row["exit_code"]) for row in rows] == [
        ("1", "3", "3.0", "0"),
        ("2", "1", "1.0", "0"),
        ("3", "2", "2.0", "1"),
    ]


def test_runs_that_nobody_has_taken_are_left_out_unless_asked_for(call: Call, path: str) -> None:
    call(f"agent --count 1 {path}")

    shown, everything = call(f"sweep runs {path}"), call(f"sweep runs {path} --all --json")

    assert len(shown.out.splitlines()) == 2
    assert everything.json[0]["state"] == "finished"


def test_best_is_the_run_with_the_best_value(call: Call, done: str) -> None:
    best = call(f"sweep best {done} --json").json
    assert (best["params"], best["metric"], best["value"], best["step"]) == ({"x": 1}, "loss", 1, 0)
    assert f"run    {best['id']}\n" in call(f"sweep best {done}").out


def test_best_of_a_sweep_without_values_is_an_error(call: Call, path: str) -> None:
    answer = call(f"sweep best {path}")
    assert answer.code == 1
    assert "has logged a number as 'loss' yet" in answer.err


def test_logs_prints_what_the_run_printed(call: Call, done: str) -> None:
    run = call(f"sweep best {done} --json").json["id"]

    assert call(f"sweep logs {run}").out == "tried 1\n"
    assert call(f"sweep logs {run} --attempt 1").out == "tried 1\n"
    assert "has no attempt 2; it has had 1" in call(f"sweep logs {run} --attempt 2").err
    assert call("sweep logs nosuchid").code == 1


def test_where_names_the_results_or_the_sweep_s_folder(folder: Path, call: Call, path: str) -> None:
    assert call("sweep where").out == f"{folder}/sweep-results\n"
    assert call("sweep where --dir other").out == f"{folder}/other\n"
    assert call(f"sweep where {path}").out == f"{folder}/sweep-results/{path}\n"


def test_reader_that_leaves_early_is_no_error_worth_words(bash: Bash, done: str) -> None:
    answer = bash(f"sweep runs {done} --csv | true; sweep show {done} 2>&1 | head -n 1")
    assert answer.out.split() == ["sweep", done]
    assert answer.err == ""
