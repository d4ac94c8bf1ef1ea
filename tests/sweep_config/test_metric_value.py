from __future__ import annotations

import pytest

from sweepcli.errors import ConfigError
from sweepcli.records import JSON, Goal, Metric
from sweepcli.sweep_config import load

CONFIG = "method: grid\nprogram: train.py\nparameters: {x: {values: [1, 2]}}\n"


def metric(text: str) -> Metric | None:
    loaded = load.load(f"{CONFIG}metric: {{name: loss, {text}}}\n", "s.yaml")
    assert loaded.warnings == ()
    return loaded.config.metric


def error(text: str) -> str:
    with pytest.raises(ConfigError) as raised:
        metric(text)
    return str(raised.value)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("goal: minimize", Metric("loss")),
        ("value: best", Metric("loss")),
        ("value: last", Metric("loss", value="last")),
        ("value: {last: 5}", Metric("loss", value="last", last_of=5)),
        ("value: mean", Metric("loss", value="mean")),
        ("value: final, goal: maximize", Metric("loss", Goal.MAXIMIZE, value="final")),
        ("over: {inits: mean}", Metric("loss", over_inits="mean")),
        ("value: last, over: {inits: min}", Metric("loss", value="last", over_inits="min")),
    ],
)
def test_which_number_counts_is_read_from_the_config(text: str, meant: Metric) -> None:
    assert metric(text) == meant


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("lasst", "did you mean 'last'?"),
        ("Last", "did you mean 'last'?"),
        ("latest", "did you mean 'last'?"),
        ("average", "did you mean 'mean'?"),
        ("avg", "did you mean 'mean'?"),
        ("averge", "did you mean 'mean'?"),
        ("summary", "did you mean 'final'?"),
        ("max", "write `value: best` with `goal: maximize`"),
        ("minimum", "write `value: best` with `goal: minimize`"),
        ("last_5", "write `value: {last: 5}`"),
        ("last 10", "write `value: {last: 10}`"),
        ("0.5", "a value that is to be reached is the metric's `target`"),
        ("null", "write, for instance, `value: last` or `value: {last: 5}`"),
        ("[last]", "write, for instance, `value: last` or `value: {last: 5}`"),
        ("{mean: 5}", "write, for instance, `value: last` or `value: {last: 5}`"),
        ("{last: 5, mean: 3}", "write, for instance, `value: last` or `value: {last: 5}`"),
    ],
)
def test_a_number_that_cannot_count_is_one_error_with_its_place_and_fix(
    value: str, said: str
) -> None:
    found = error(f"value: {value}")
    assert found.startswith("s.yaml:4:22: metric.value: ")
    assert "is not one of best, last, mean, final, or {last: 5}" in found
    assert found.endswith(f"({said})")
    assert "\n" not in found


@pytest.mark.parametrize("count", ["0", "-1", "1.5", "true", "'5'", "null", "1000000000000"])
def test_the_mean_of_no_whole_number_of_values_is_an_error(count: str) -> None:
    found = error(f"value: {{last: {count}}}")
    assert found.startswith("s.yaml:4:30: metric.value.last: must be a whole number of values")
    assert found.endswith("(write, for instance, `value: {last: 5}`)")


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ("mean", "write `over: {inits: mean}`"),
        ("max", "write `over: {inits: max}`"),
        ("{folds: min}", "write `over: {inits: min}`"),
        ("{}", "write `over: {inits: mean}`"),
        ("null", "write `over: {inits: mean}`"),
        ("{inits: average}", "did you mean 'mean'?"),
        ("{inits: maximum}", "did you mean 'max'?"),
        ("{inits: best}", "the best is max or min: choose by the metric's goal"),
        ("{inits: {last: 3}}", "write, for instance, `over: {inits: mean}`"),
    ],
)
def test_a_way_to_join_folds_that_is_none_is_one_error_with_its_fix(over: str, said: str) -> None:
    found = error(f"over: {over}")
    assert found.startswith("s.yaml:4:")
    assert found.endswith(f"({said})")
    assert "\n" not in found


@pytest.mark.parametrize(
    ("settings", "is_wrong"),
    [
        ({}, False),
        ({"value": "final"}, False),
        ({"value": "last"}, True),
        ({"over": {"inits": "mean"}}, True),
    ],
)
def test_several_metrics_are_not_judged_otherwise_than_it_is_said(
    settings: dict[str, JSON], *, is_wrong: bool
) -> None:
    raw = {
        "method": "custom",
        "scheduler": {"engine": "optuna"},
        "program": "train.py",
        "parameters": {"x": {"values": [1, 2]}},
        "metrics": [{"name": "loss", **settings}, {"name": "size"}],
    }
    if not is_wrong:
        assert len(load.load_mapping(raw).config.metrics) == 2
        return
    with pytest.raises(ConfigError, match=r"metrics\[0\]\..*by what the summary has of each"):
        load.load_mapping(raw)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("vale: last", "did you mean 'value'?"),
        ("aggregate: mean", "write, for instance, `over: {inits: mean}`"),
        ("Statistic: mean", "write `value: mean`"),
        ("summary: average", "write `value: mean`"),
        ("summary: min", "write `value: best` with `goal: minimize`"),
        ("summary: copy", "write `value: last`, or another one of best, last, mean, final, or {"),
        ("last: 5", "write `value: last`, or another one of best, last, mean, final, or {last: 5}"),
    ],
)
def test_another_word_for_one_of_the_keys_is_told_with_ours(text: str, said: str) -> None:
    loaded = load.load(f"{CONFIG}metric: {{name: loss, {text}}}\n", "s.yaml")
    assert f"it is ignored ({said}" in str(loaded.warnings[0])
