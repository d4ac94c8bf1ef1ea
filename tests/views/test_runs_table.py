from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support import Place, an_agent, claimed, end, grid, place, suggestions
from sweepcli.errors import UsageError
from sweepcli.records import Metric, Params, Progress, Run, RunState, SweepConfig
from sweepcli.sweep_config import parse
from sweepcli.views import columns, params_order, runs_table
from sweepcli.views import grid as tables
from sweepcli.views.runs_table import Wanted

AT_160 = """\
number  id        state    value  lr          step  exit_code  duration_s  batch_size  \
optimizer.name  augmentation             seed  schedule
1       r1a2b3c4  running  0.5    0.00123457  12               2.5         16          \
adam            flip,crop,colour-jitter  7     cosine
2       r1a2b3c4  running  0.5    1e-05       12               2.5         16          \
adam            flip,crop,colour-jitter  7     cosine""".splitlines()
CONFIG = SweepConfig("grid", (), metric=Metric("loss"))


def run_of(params: Params, *, number: int = 1) -> Run:
    return Run("r1", "s1", number, str(number), RunState.RUNNING, params, started_at=10.0)


def test_the_code_is_a_column_once_runs_had_different_ones() -> None:
    ran = [run_of({}, number=n)._replace(attempt=1, code="aaaaaaaaaaaa") for n in (1, 2)]
    waits = run_of({}, number=3)
    other = ran[1]._replace(code="bbbbbbbbbbbb")
    order = params_order.of(CONFIG, None)

    assert "run.code" not in runs_table.table([*ran, waits], 0.0)[0]
    headings, rows = runs_table.table([ran[0], other, waits], 0.0)
    assert [dict(zip(headings, row, strict=True))["run.code"] for row in rows] == [
        *("aaaaaaaaaaaa", "bbbbbbbbbbbb", None)
    ]
    assert runs_table.table_for_people([ran[0], other], 0.0, order)[0][-1] == "run.code"
    assert "run.code" in runs_table.table([ran[0], other._replace(code=None)], 0.0)[0]


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    """Keep a sweep of six runs, x from 0: four ended, one at work, one that nobody has taken."""
    with place(tmp_path, grid(6)) as found:
        found.store.add_agent(an_agent())
        found.store.suggest("s1", suggestions(6), run_cap=None, now=1.0)
        for loss in (0.5, None, 0.25, 0.75):
            summary = {} if loss is None else {"loss": loss}
            progress = Progress(summary, loss)
            end(found.store, claimed(found.store), progress=progress)
        claimed(found.store)
        yield found
        found.store.retry("s1", [])
        for run in found.store.runs("s1"):
            if run.state is RunState.RUNNING:
                end(found.store, run)


def found(here: Place, **wanted: object) -> list[int]:
    asked = Wanted(**wanted)  # type: ignore[arg-type]  # fields by name
    runs = runs_table.find(here.store, here.store.sweep("s1"), CONFIG, asked).runs
    return [run.params["x"] for run in runs]


def test_runs_that_nobody_has_taken_are_left_out_unless_asked_for(here: Place) -> None:
    assert found(here) == [0, 1, 2, 3, 4]
    assert found(here, is_all=True) == [0, 1, 2, 3, 4, 5]
    assert found(here, is_all=True, condition="attempt == 0") == [5]


@pytest.mark.parametrize(
    ("order", "numbers"),
    [
        ("value", [2, 0, 3, 1, 4]),
        ("-value", [3, 0, 2, 1, 4]),
        ("loss", [2, 0, 3, 1, 4]),
        ("-x", [4, 3, 2, 1, 0]),
        ("-number", [4, 3, 2, 1, 0]),
        ("state,-x", [3, 2, 1, 0, 4]),
        ("-state, x", [4, 0, 1, 2, 3]),
    ],
)
def test_runs_are_sorted_and_what_has_no_value_is_last(
    here: Place, order: str, numbers: list[int]
) -> None:
    assert found(here, order=order) == numbers
    assert found(here, order=order, limit=2) == numbers[:2]


def test_a_condition_and_an_order_go_together(here: Place) -> None:
    assert found(here, condition="loss < 0.6 or state == 'running'", order="-x") == [4, 2, 0]


def test_a_column_of_a_run_that_is_not_on_the_page_is_known(here: Place) -> None:
    asked = Wanted(columns="x,loss", limit=2, order="-number")
    listed = runs_table.find(here.store, here.store.sweep("s1"), CONFIG, asked)
    assert listed.records() == [{"x": 4, "loss": None}, {"x": 3, "loss": 0.75}]


def test_an_unknown_column_or_order_is_a_usage_error(here: Place) -> None:
    with pytest.raises(UsageError, match="no run has 'los'; did you mean 'loss'"):
        found(here, columns="los")
    with pytest.raises(UsageError, match="no run has 'los'"):
        found(here, order="-los")


def test_values_of_all_kinds_can_be_sorted() -> None:
    values = ["b", None, 2, [1], "a", float("nan"), 1.5, True]
    runs = [run_of({"v": value}, number=at) for at, value in enumerate(values)]

    listed = runs_table.ordered(runs, "v", columns.names_of(runs))

    assert [str(run.params["v"]) for run in listed] == [
        *("nan", "True", "1.5", "2", "[1]", "a", "b", "None"),
    ]


def test_param_named_like_a_column_of_ours_is_told_apart() -> None:
    headings, rows = runs_table.table([run_of({"id": 7}), run_of({"y": None}, number=2)], 10.0)
    assert headings[3:5] == ["params.id", "y"]
    assert [row[3:5] for row in rows] == [[7, None], [None, "null"]]
    headings, _ = runs_table.table([run_of({"run": {"name": 7}, "name": 8})], 10.0)
    assert headings[3:5] == ["params.run.name", "name"]


def test_the_table_for_people_at_80_and_160_columns() -> None:
    params = {"batch_size": 16, "optimizer": {"name": "adam"}, "seed": 7}
    text = {"augmentation": "flip,crop,colour-jitter", **params, "schedule": "cosine"}
    runs = [
        run_of({**text, "lr": lr}, number=number)._replace(id="r1a2b3c4", value=0.5, value_step=12)
        for number, lr in ((1, 0.0012345678), (2, 1e-05))
    ]
    varied = {name: {"values": [1, 2]} for name in ("lr", "batch_size", "optimizer.name")}
    config = parse.parse({"method": "random", "program": "a.py", "parameters": varied})
    headings, rows = runs_table.table_for_people(runs, 12.5, params_order.of(config))

    at_80, at_160 = (tables.table(headings, rows, width) for width in (80, 160))

    assert at_80.lines == [
        "number  id        state    value  lr          step  exit_code  duration_s",
        "1       r1a2b3c4  running  0.5    0.00123457  12               2.5",
        "2       r1a2b3c4  running  0.5    1e-05       12               2.5",
    ]
    assert at_80.left_out == [
        *("batch_size", "optimizer.name", "augmentation", "seed", "schedule"),
    ]
    assert at_160.left_out == []
    assert at_160.lines == AT_160
