from __future__ import annotations

import pytest

from sweepcli.errors import UsageError
from sweepcli.records import JSON, Metric, Run, RunState, SweepConfig
from sweepcli.views import columns


def run_of(params: dict[str, JSON], **more: JSON) -> Run:
    return Run("r1", "s1", 1, "0", RunState.FINISHED, params, **more)


RUN = run_of(
    {"lr": 0.1, "opt": {"name": "adam"}, "loss": "l2", "id": 7},
    summary={"loss": 0.5, "val/acc": 0.9, "val": {"f1": 0.8}},
    value=0.25,
)
NAMES = columns.names_of([RUN])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "r1"),
        ("params.id", 7),
        ("state", "finished"),
        ("value", 0.25),
        ("lr", 0.1),
        ("opt.name", "adam"),
        ("params.opt.name", "adam"),
        ("loss", "l2"),
        ("summary.loss", 0.5),
        ("val/acc", 0.9),
        ("val.f1", 0.8),
    ],
)
def test_a_name_is_a_field_then_a_param_then_of_the_summary(name: str, value: JSON) -> None:
    assert columns.reader(name, NAMES)(RUN) == value


def test_what_a_run_lacks_is_none() -> None:
    assert columns.reader("opt.name", NAMES)(run_of({"lr": 1})) is None


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("opt.nam", "did you mean 'opt.name'"),
        ("LR", "did you mean 'lr'"),
        ("f1", "did you mean 'val.f1'"),
        ("params.lrr", "did you mean 'lr'"),
        ("zzz", "there are 'lr', 'opt.name'"),
    ],
)
def test_an_unknown_name_is_answered_with_what_is_near(name: str, advice: str) -> None:
    with pytest.raises(UsageError, match="no run has") as caught:
        columns.reader(name, NAMES)
    assert advice in str(caught.value)


def test_a_metric_of_the_config_is_known_before_it_is_logged() -> None:
    config = SweepConfig("random", (), metric=Metric("val_acc"))
    assert columns.reader("val_acc", columns.names_of([], config))(run_of({})) is None


def test_the_names_of_a_mapping_are_found_though_another_run_has_a_value_there() -> None:
    names = columns.names_of([run_of({"opt": "adam"}), run_of({"opt": {"name": "sgd"}})])
    assert list(names.params) == ["opt", "opt.name"]


def test_a_condition_is_true_or_false_of_a_run() -> None:
    passes = columns.condition("`val/acc` > 0.8 and opt.name == 'adam' and val.f1", NAMES)
    assert passes(RUN) is True
    assert passes(run_of({})) is False


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("val/acc > 1", "did you mean value or val.f1 or `val/acc`?\n  val/acc > 1\n  ^"),
        ("state == finished", "filter: text needs quotes: 'finished'"),
        ("lr == true", "filter: true is written True here"),
    ],
)
def test_a_condition_of_unknown_names_is_answered_with_their_place(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        columns.condition(text, NAMES)
    assert message in str(caught.value)
