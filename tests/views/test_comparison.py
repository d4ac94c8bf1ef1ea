from __future__ import annotations

import pytest

from sweepcli.records import Metric, Params, Run, RunState
from sweepcli.search.importance import Importance, Share
from sweepcli.sweep_config import parse
from sweepcli.views import params_order
from sweepcli.views.comparison import Compared, Comparison
from sweepcli.views.curves import Curve

SHORT = Curve([0, 1, 2, 3], [4.0, 3.0, 2.0, 2.0])
LONG = Curve(list(range(8)), [4.0, 3.5, 3.0, 2.5, 2.0, 1.5, 1.0, 0.5])


def compared(run_id: str, params: Params, value: float | None, curve: Curve | None) -> Compared:
    state = RunState.FAILED if value is None else RunState.FINISHED
    summary = {} if value is None else {"loss": value, "epoch": 7}
    run = Run(
        *(run_id, "s1", 1, "0", state, params),
        started_at=1.0,
        ended_at=9.0,
        value=value,
        summary=summary,
    )
    return Compared(run, "me/demo/s1", curve)


TWO = Comparison(
    [
        compared("r1a2b3c4", {"lr": 0.1, "optimizer": {"name": "adam"}, "epochs": 8}, 2.0, SHORT),
        compared("r5d6e7f8", {"lr": 0.01, "optimizer": {"name": "adam"}, "epochs": 8}, 0.5, LONG),
        compared("r9a8b7c6", {"lr": 0.1, "momentum": 0.9, "epochs": 8}, None, None),
    ],
    Metric("loss"),
)
AT_80 = """\
                  r1a2b3c4  r5d6e7f8  r9a8b7c6
* lr              0.1       0.01      0.1
* optimizer.name  adam      adam
* momentum                            0.9
  state           finished  finished  failed
  best loss       2.0       0.5
  duration        8.0 s     8.0 s     8.0 s
  loss            2.0       0.5
  epoch           7         7

same in all  epochs=8
loss, from 0.5 to 4
r1a2b3c4  █▆▄▄      2 at step 3
r5d6e7f8  █▇▆▅▄▃▂▁  0.5 at step 7
r9a8b7c6""".splitlines()


@pytest.mark.parametrize("width", [80, 160])
def test_what_differs_comes_first_at_every_width_that_cuts_nothing(width: int) -> None:
    assert TWO.lines(width, 10.0) == AT_80


def test_another_number_than_the_best_is_not_called_the_best() -> None:
    run = TWO.runs[0].run._replace(best=1.5)
    lines = Comparison([TWO.runs[0]._replace(run=run)], Metric("loss", value="last")).lines(80, 9.0)
    assert lines[2:5] == ["  last loss  2.0", "  best loss  1.5", "  duration   8.0 s"]


def test_runs_that_do_not_fit_side_by_side_come_in_blocks() -> None:
    many = [compared(f"run{n:05}", {"lr": n}, 1.0, None) for n in range(12)]

    lines = Comparison(many, Metric("loss")).lines(80, 10.0)

    headings = [line.split() for line in lines if line.lstrip().startswith("run0")]
    assert [len(each) for each in headings] == [5, 5, 2]
    assert max(map(len, lines)) <= 80


def test_runs_without_a_metric_are_compared_too() -> None:
    lines = Comparison(TWO.runs, None).lines(80, 10.0)
    assert "  best value      2.0       0.5" in lines
    assert lines[-1] == "same in all  epochs=8"


def test_long_names_and_params_leave_room_for_the_numbers_of_runs() -> None:
    names = [f"experiment.group_{at}.component.rate" for at in range(3)]
    params: list[Params] = [dict.fromkeys(names, 0.000123456 + at) for at in range(6)]
    many = [compared(f"run{at:05}", each, 1.0, None) for at, each in enumerate(params)]

    lines = Comparison(many, Metric("loss")).lines(80, 10.0)

    first = lines[: lines.index("")]
    assert len(first[0].split()) == 3
    assert max(map(len, lines)) <= 80
    assert [line.split()[1:] for line in first[1:4]] == [
        [name, "0.000123456", "1.00012", "2.00012"] for name in names
    ]


def test_people_see_first_what_matters() -> None:
    shares = (Share("momentum", 0.5, None), Share("optimizer.name", 0.2, None))
    varied = {name: {"values": [1, 2]} for name in ("lr", "momentum", "optimizer.name")}
    config = parse.parse({"method": "random", "program": "a.py", "parameters": varied})
    order = params_order.of(config, Importance(shares, None, None, 9, None))

    lines = TWO._replace(order=order).lines(80, 10.0)

    assert [line.split()[1] for line in lines[1:4]] == ["momentum", "optimizer.name", "lr"]
    assert TWO._replace(order=order).record(10.0)["differ"] == TWO.record(10.0)["differ"]


def test_the_record_tells_what_differs() -> None:
    record = TWO.record(10.0)

    assert record["differ"] == ["lr", "optimizer.name", "momentum"]
    assert record["same"] == {"epochs": 8}
    assert record["runs"][1]["curve"]["values"] == LONG.values
    assert record["runs"][2]["curve"] is None
