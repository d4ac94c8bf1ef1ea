"""Runs that finish without the metric of their sweep."""

from __future__ import annotations

from pathlib import Path

import pytest

from support import grid, place, shell
from sweepcli.records import JSON, RunState

UNIFORM: JSON = {"x": {"distribution": "uniform", "min": 0, "max": 1}}
PRINTS = shell("echo epoch 1: loss 0.5")
LOGS = shell("""echo '{"loss": 1}' >> $SWEEPCLI_EVENTS""")
NAN = shell("""echo '{"loss": NaN}' >> $SWEEPCLI_EVENTS""")
FAILS = shell("exit 1")
NAMED = (
    "'epoch 1: loss 0.5' was printed; write this line in the config: `metrics_from: {output: "
    r"'\bloss {loss}'}` (there it reads loss=0.5); `sweep reread someone/things/s1 CONFIG.yaml` "
    "reads it from the runs that have ended"
)


def sweep(method: str, command: JSON, cap: int = 7) -> dict[str, JSON]:
    return {
        **grid(1, command),
        "method": method,
        "parameters": UNIFORM,
        "metric": {"name": "loss"},
        "run_cap": cap,
    }


def test_a_search_that_learns_does_not_go_on_blindly(tmp_path: Path) -> None:
    with place(tmp_path, sweep("bayes", PRINTS)) as here:
        report = here.run()

        assert (report.exit_code, report.states) == (3, {RunState.FINISHED: 5})
        assert report.why == (
            "5 runs in a row finished without 'loss', from which bayes learns, and no other run "
            "has it (--max-consecutive-failed-runs N allows more)"
        )
        assert here.states() == [RunState.FINISHED] * 5  # none is given back


@pytest.mark.parametrize(
    ("method", "command", "most"),
    [
        ("random", PRINTS, None),
        ("sobol", PRINTS, None),
        ("bayes", LOGS, None),
        ("bayes", NAN, None),
        ("bayes", PRINTS, 6),
    ],
)
def test_no_other_agent_is_ended_for_it(
    method: str, command: JSON, most: int | None, tmp_path: Path
) -> None:
    with place(tmp_path, sweep(method, command, cap=most or 6)) as here:
        report = here.run() if most is None else here.run(most_failures=7)
        assert report.exit_code == 0, report.why


def test_a_value_of_another_run_is_enough_to_go_on(tmp_path: Path) -> None:
    script = f"mkdir {tmp_path}/once && echo '{{\"loss\": 1}}' >> $SWEEPCLI_EVENTS; true"
    with place(tmp_path, sweep("bayes", shell(script))) as here:
        assert here.run().exit_code == 0


def test_a_low_limit_on_failures_is_none_on_runs_that_finish(tmp_path: Path) -> None:
    with place(tmp_path, sweep("bayes", PRINTS)) as here:
        assert here.run(most_failures=1).states == {RunState.FINISHED: 5}


def test_the_line_that_would_read_the_metric_is_said_once(tmp_path: Path) -> None:
    with place(tmp_path, sweep("random", PRINTS, cap=3)) as here:
        here.run()
        first = here.store.runs("s1")[0]

        assert [text for text in here.told.notes if "write this line" in text] == [
            f"run {first.id}: {NAMED}"
        ]


def several(command: JSON) -> dict[str, JSON]:
    metrics: JSON = {"metrics": [{"name": "size"}, {"name": "loss"}]}
    one = {key: value for key, value in sweep("custom", command).items() if key != "metric"}
    return {**one, **metrics, "scheduler": {"engine": "optuna"}}


def test_a_search_for_several_metrics_does_not_go_on_without_one_of_them(tmp_path: Path) -> None:
    half = shell("""echo '{"size": 1}' >> $SWEEPCLI_EVENTS; echo loss=0.5""")
    with place(tmp_path, several(half)) as here:
        report = here.run()

        assert (report.exit_code, report.states) == (3, {RunState.FINISHED: 5})
        assert "5 runs in a row finished without 'loss', from which custom" in report.why
        assert [text for text in here.told.notes if r"{output: '\bloss={loss}'}" in text]


def test_several_metrics_that_one_run_has_are_enough_to_go_on(tmp_path: Path) -> None:
    both = '{\\"size\\": 1, \\"loss\\": 1}'
    script = shell(f'mkdir {tmp_path}/once && echo "{both}" >> $SWEEPCLI_EVENTS; true')
    with place(tmp_path, several(script)) as here:
        assert here.run().exit_code == 0


@pytest.mark.parametrize("command", [LOGS, NAN, FAILS])
def test_nothing_is_said_of_runs_that_log_or_fail(command: JSON, tmp_path: Path) -> None:
    with place(tmp_path, sweep("random", command, cap=1)) as here:
        here.run()
        assert not [text for text in here.told.notes if "write this line" in text]
