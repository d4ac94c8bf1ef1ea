from __future__ import annotations

import csv
import io
from contextlib import closing

import pytest

from command_lines import Bash, Call
from sweepcli.records import JSON, Sweep, SweepConfig, SweepState
from sweepcli.stores import open_store

MIXED = """
method: grid
command:
  - sh
  - -c
  - case $0 in *auto*) sign=- ;; esac; echo '{"loss":'$sign'Infinity}' >> $SWEEPCLI_EVENTS
  - ${p}
parameters:
  p: {values: [{x: 1, y: 1}, {x: 0.5, y: auto}]}
"""


def listed(call: Call, line: str) -> list[dict[str, JSON]]:
    found: list[dict[str, JSON]] = call(f"{line} --json").json
    return found


def test_runs_are_filtered_sorted_and_limited(call: Call, done: str) -> None:
    bad = listed(call, f"sweep runs {done} --filter \"state == 'failed' or loss > 2\"")
    best = listed(call, f"sweep runs {done} --sort value --limit 2")

    assert [run["params"]["x"] for run in bad] == [3, 2]
    assert [run["value"] for run in best] == [1, 2]


def test_columns_are_those_named_in_every_form(call: Call, done: str) -> None:
    line = f"sweep runs {done} --columns x,loss,state --sort -x"

    assert call(line).out.splitlines()[:2] == ["x  loss  state", "3  3     finished"]
    assert listed(call, line)[1] == {"x": 2, "loss": 2, "state": "failed"}
    assert next(csv.reader(io.StringIO(call(f"{line} --csv").out))) == ["x", "loss", "state"]


def test_csv_without_runs_has_the_columns_of_the_params(call: Call, path: str) -> None:
    header = "number,id,state,x,value,exit_code,duration_s\n"
    assert call(f"sweep runs {path} --csv").out == header

    call(f"agent --count 1 {path}")
    assert call(f"sweep runs {path} --csv --filter 'x > 9'").out == header


def test_csv_has_one_kind_of_number_in_a_column(call: Call) -> None:
    path = call("sweep own.yaml", MIXED).out.strip()
    call(f"agent {path}")

    text = call(f"sweep runs {path} --csv --columns p.x,loss,p.y").out

    assert text == "p.x,loss,p.y\n1.0,1e999,1\n0.5,-inf,auto\n"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--filter 'loss >'", "something is missing at the end\nsweepcli: ERROR   loss >\n"),
        ("--filter 'los > 1'", "no run has 'los'; did you mean loss?"),
        ("--sort los", "no run has 'los'; did you mean 'loss'?"),
        ("--columns los", "no run has 'los'; did you mean 'loss'?"),
        ("--limit -1", "-1 is not in the range x>=0"),
        ("--json --csv", "cannot be used with"),
    ],
)
def test_wrong_use_is_told_and_prints_nothing(
    call: Call, done: str, options: str, message: str
) -> None:
    answer = call(f"sweep runs {done} {options}")
    assert (answer.code, answer.out) == (2, "")
    assert message in answer.err


def test_values_are_never_cut_where_programs_read_them(bash: Bash, done: str) -> None:
    answer = bash(f"sweep runs {done} | head -n 1")
    assert answer.out.split() == ["number", "id", "state", "x", "value", "exit_code", "duration_s"]


def test_ls_tells_how_old_a_sweep_is(call: Call, path: str) -> None:
    assert call("sweep ls").out.splitlines()[1].endswith(" s")
    [sweep] = listed(call, "sweep ls")
    assert (sweep["path"], sweep["done"], sweep["runs"], sweep["best"]) == (path, 0, 3, None)
    assert sweep["created_at"] > 0


def test_ls_leaves_out_a_sweep_whose_config_it_cannot_read(call: Call, path: str) -> None:
    with closing(open_store("sweep-results")) as store:
        config = SweepConfig("random", (), raw={"method": "random", "parameters": {"x": {}}})
        store.add_sweep(Sweep("newer", "me", "demo", SweepState.PENDING, config, 1.0))

    answer = call("sweep ls --json")

    assert [sweep["path"] for sweep in answer.json] == [path]
    assert "sweep me/demo/newer: this version of sweepcli cannot read its config" in answer.err
    assert "no distribution" in call("sweep show newer").err
