"""Where commands show which code runs had."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

import filled_store as filled
from command_lines import Call
from kept_code import COMMIT, PATCH, A, B, keep_environment, keep_version

PATHS = "sweep-results"


def lines_of(out: str) -> list[str]:
    """Return lines as words with one space between them."""
    return [" ".join(line.split()) for line in out.splitlines()]


@pytest.fixture
def _ran(folder: Path) -> None:
    """Keep five runs: three had version A, which is kept, and then two had B, which is not."""
    results = str(folder / PATHS)
    filled.fill(results, 5)
    keep_version(results, A, patch=PATCH)
    filled.change_runs(results, "number < 4", code=A, environment=keep_environment(results))
    filled.change_runs(results, "number > 3", code=B)
    filled.change_runs(results, "number = 3", code_after=B)


@pytest.mark.usefixtures("_ran")
def test_a_sweep_shows_its_versions(call: Call) -> None:
    lines = lines_of(call("sweep show s1").out)
    at = lines.index("code 2 versions of the code: runs 1-3, 4-5")
    assert lines[at + 1 : at + 4] == [
        f"{A}, commit {COMMIT[:12]} on main, with changes: runs 1-3",
        f"{B}: runs 4-5, the newest",
        "changed while run 3 started",
    ]
    assert lines[at] in lines_of(call("sweep top s1").out)

    found = call("sweep show s1 --json").json["code"]
    assert (found["total"], found["newest"], found["changed_at_start"]) == (2, B, [3])
    assert [each["numbers"] for each in found["versions"]] == [[[1, 3]], [[4, 5]]]


@pytest.mark.usefixtures("_ran")
def test_a_run_shows_its_code_and_machine(call: Call) -> None:
    words = " ".join(lines_of(call("sweep show s1r3").out))
    changed = f"changed to {B} while the run started"
    assert f"code {A}, commit {COMMIT} on main, with changes {changed}" in words
    assert "python CPython 3.11.7, 2 packages, /usr/bin/python machine node-3" in words

    found = call("sweep show s1r3 --json").json
    assert (found["code"], found["code_after"]) == (A, B)
    assert (found["code_details"]["commit"], found["code_details"]["has_patch"]) == (COMMIT, True)
    assert found["environment_details"]["packages"]["numpy"] == "2.0.0"
    assert call("sweep show s1r5 --json").json["code_details"] is None


@pytest.mark.usefixtures("_ran")
def test_runs_are_filtered_and_sorted_by_their_code(call: Call) -> None:
    assert call("sweep runs s1").out.splitlines()[0].endswith("run.code")
    found = call(f"sweep runs s1 --filter \"code == '{B}'\" --sort -code --json").json
    assert [run["number"] for run in found] == [4, 5]
    columns = call("sweep runs s1 --columns number,code,run.code_after --sort code,-number --csv")
    assert columns.out.splitlines() == [
        "number,code,run.code_after",
        *(f"3,{A},{B}", f"2,{A},", f"1,{A},", f"5,{B},", f"4,{B},"),
    ]
    rows = [*csv.DictReader(io.StringIO(call("sweep export s1").out))]
    assert [row["run.code"] for row in rows] == [A, A, A, B, B]
    assert {row["run.environment"] for row in rows[3:]} == {""}


def test_without_known_code_nothing_is_said_of_it(call: Call, folder: Path) -> None:
    filled.fill(str(folder / PATHS), 5)

    assert "\ncode " not in call("sweep show s1").out + call("sweep show s1r1").out
    assert "code" not in call("sweep runs s1").out.splitlines()[0].replace("exit_code", "")
    assert call("sweep show s1 --json").json["code"] is None
