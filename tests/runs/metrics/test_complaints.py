from __future__ import annotations

import math

import pytest

from sweepcli.records import Metric, Progress
from sweepcli.runs.metrics import complaints


def about(name: str, *logged: str) -> str:
    [text] = complaints.about_metrics([Metric(name)], Progress(dict.fromkeys(logged, 1.0)))
    return text


def test_a_metric_that_was_logged_is_no_complaint() -> None:
    assert complaints.about_metrics([], Progress()) == []
    assert complaints.about_metrics([Metric("loss")], Progress({"loss": 1.0}, 1.0, 0)) == []


def test_a_metric_that_ended_as_nan_is_not_told_to_have_been_nan_always() -> None:
    shown = Progress({"loss": math.nan}, None, None, 3.0, 1.5, 1.0)
    [found] = complaints.about_metrics([Metric("loss", value="final")], shown)
    assert found == (
        "the final figure of the sweep's metric 'loss' is no finite number: nan; its last finite "
        "value, 1.5, does not count with `value: final`"
    )


def test_a_fold_that_has_no_number_is_told_though_the_last_fold_has_one() -> None:
    shown = Progress({"acc": 0.5}, None, None, 0.1, 0.5, 0.9)
    metric = Metric("acc", value="final", over_inits="mean")
    [found] = complaints.about_metrics([metric], shown)
    assert found == (
        "the sweep's metric 'acc' was no finite number in one init() of the run, so there is no "
        "mean over all of them, with `value: final`"
    )


def test_of_several_metrics_each_that_is_missing_is_told() -> None:
    metrics = [Metric("acc"), Metric("size"), Metric("time")]
    assert complaints.about_metrics(metrics, Progress()) == [
        "the run logged no metrics; the sweep optimises 'acc' and 'size' and 'time'"
    ]
    assert complaints.about_metrics(metrics, Progress({"acc": 1.0, "time": math.nan})) == [
        "the sweep's metric 'size' was never logged; names that were: 'acc', 'time'",
        "the sweep's metric 'time' was never a finite number; the last: nan",
    ]


def test_a_metric_that_was_never_logged_is_told_with_the_nearest_names() -> None:
    assert about("val_acc", "val/acc", "epoch") == (
        "the sweep's metric 'val_acc' was never logged; similar names that were: 'val/acc'"
    )


def test_a_trailing_space_is_seen() -> None:
    assert "'test_acc_avg'" in about("test_acc_avg ", "test_acc_avg", "loss")


def test_a_group_of_metrics_in_the_place_of_one_is_told_by_its_members() -> None:
    assert "'loss.train', 'loss.val'" in about("loss", "epoch", "loss.train", "loss.val")


@pytest.mark.parametrize(
    ("name", "logged"),
    [
        ("val_loss", "metrics.val_loss"),
        ("val_loss", "a.b.val_loss"),
        ("metrics.val_loss", "val_loss"),
        ("a.metrics.val_loss", "metrics.val_loss"),
        ("loss", "everything.of.the.validation.loss"),
    ],
)
def test_a_metric_inside_or_outside_of_a_group_is_named(name: str, logged: str) -> None:
    others = [f"{name}x", "metrics.val_acc", "lossy", "epoch"]
    assert about(name, *others, logged).endswith(f"similar names that were: {logged!r}")


def test_the_member_with_the_metrics_own_name_comes_first() -> None:
    text = about("val_loss", "val_loss.acc", "val_loss.val_loss")
    assert text.endswith("similar names that were: 'val_loss.val_loss', 'val_loss.acc'")


def test_a_group_of_many_is_told_by_some() -> None:
    text = about("loss", *(f"loss.{number}" for number in range(1000)))
    assert text.endswith("were: 'loss.0', 'loss.1', 'loss.2', 'loss.3', 'loss.4'")


def test_a_long_value_is_told_by_its_beginning() -> None:
    [found] = complaints.about_metrics([Metric("loss")], Progress({"loss": "x" * 10_000_000}))
    assert found.endswith("last: '" + "x" * 59 + "…")


def test_without_a_near_name_some_that_were_logged_are_told() -> None:
    assert about("loss", "x", "y").endswith("never logged; names that were: 'x', 'y'")


def test_a_run_that_logged_nothing_is_told() -> None:
    assert about("loss") == "the run logged no metrics; the sweep optimises 'loss'"


def test_a_metric_that_was_no_finite_number_is_told_with_what_it_was() -> None:
    [found] = complaints.about_metrics([Metric("loss")], Progress({"loss": math.nan}))
    assert found == "the sweep's metric 'loss' was never a finite number; the last: nan"
