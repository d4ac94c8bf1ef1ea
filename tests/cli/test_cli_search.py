"""Searches that are not ours, by the commands."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from command_lines import Call, Create

CODE = """
def two(config, runs, n):
    if len(runs) == 2:
        raise ValueError("no idea")
    return [{"x": len(runs)}]
"""
OWN = """
method: my_own_search:two
metric: {name: loss}
command: [sh, -c, 'echo "{\\"loss\\": ${x}}" >> $SWEEPCLI_EVENTS']
parameters: {x: {min: 0, max: 9}}
"""
SEVERAL = """
method: custom
scheduler: {engine: optuna}
metrics: [{name: loss}, {name: size, goal: maximize}]
command: [sh, -c, 'echo "{\\"loss\\": ${x}, \\"size\\": ${x}}" >> $SWEEPCLI_EVENTS']
parameters: {x: {min: 0, max: 90}}
run_cap: 4
"""


@pytest.fixture(autouse=True)
def module(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (folder / "my_own_search.py").write_text(CODE)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield
    sys.modules.pop("my_own_search", None)


def test_a_search_that_fails_ends_the_agent_and_no_run(call: Call, created: Create) -> None:
    path = created(OWN)

    answer = call(f"agent -j 2 {path}")

    assert answer.code == 1
    assert "my_own_search:two: ValueError: no idea (" in answer.err
    assert "my_own_search.py:4). Its runs: 2 finished" in answer.err
    assert "Traceback" not in answer.err


def test_check_shows_what_a_function_would_try_first(call: Call) -> None:
    checked = call("sweep check own.yaml --draws 1 --json", OWN).json
    assert [draw["params"] for draw in checked["draws"]] == [{"x": 0}]


def test_a_function_that_is_not_there_is_told_when_the_sweep_is_created(call: Call) -> None:
    created = call("sweep own.yaml", OWN.replace(":two", ":three"))
    answer = call(f"agent {created.out}")

    assert created.code == 0
    assert "my_own_search has no function 'three'" in created.err
    assert (answer.code, "has no function 'three'" in answer.err) == (1, True)


def test_of_several_metrics_the_best_is_a_front(call: Call, created: Create) -> None:
    path = created(SEVERAL)
    none_yet = call(f"sweep best {path}")
    call(f"agent {path}")

    runs = call(f"sweep runs {path} --json").json
    best = call(f"sweep best {path} --json").json
    text = call(f"sweep best {path}").out.splitlines()
    shown = call(f"sweep show {path}").out

    assert call(f"sweep show {runs[0]['id']}").code == 0
    assert (none_yet.code, "has logged all of ['loss', 'size'] yet" in none_yet.err) == (1, True)
    # What is larger is better in one and worse in the other: nobody beats anybody.
    assert len(runs) == len(best) == 4
    assert best[0]["metrics"] == {"loss": best[0]["params"]["x"], "size": best[0]["params"]["x"]}
    assert [each["params"]["x"] for each in best] == sorted(run["params"]["x"] for run in runs)
    assert text[0].split() == ["id", "loss", "size", "x"]
    assert "loss (minimize), size (maximize)" in shown
    assert f"`sweep best {path}` lists them" in shown


def test_show_tells_which_parameters_matter_to_the_model(call: Call, created: Create) -> None:
    path = created(
        """
method: bayes
metric: {name: loss}
command: [sh, -c, 'echo "{\\"loss\\": ${much}}" >> $SWEEPCLI_EVENTS']
parameters: {little: {min: 0.0, max: 1.0}, much: {min: 0.0, max: 1.0}}
run_cap: 20
seed: 1
"""
    )
    call(f"agent --count 3 {path}")
    before = call(f"sweep show {path}").out
    call(f"agent {path}")

    shown = call(f"sweep show {path}").out
    lengths = call(f"sweep show {path} --json").json["length_scales"]

    assert "length scales" not in before
    assert "length scales: much (" in shown
    assert lengths["much"] < lengths["little"]
