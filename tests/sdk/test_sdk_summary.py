from __future__ import annotations

import pytest

import sweepcli
from training_folder import Folder


class Scalar:
    """A numpy-like scalar."""

    def item(self) -> float:
        return 0.25


def test_define_metric_and_summary_are_events(folder: Folder) -> None:
    run = sweepcli.init()

    sweepcli.define_metric("loss", "epoch", summary="min,mean")
    run.define_metric("acc", summary="best", goal="maximize")
    run.log({"loss": 2})
    run.summary["best_acc"] = Scalar()
    sweepcli.summary.update({"note": "good"})

    defined = [(event["name"], event.get("summary")) for event in folder.events("define_metric")]
    assert defined == [("loss", "min,mean"), ("acc", "best")]
    written = [event["summary"] for event in folder.events("summary")]
    assert written == [{"best_acc": 0.25}, {"note": "good"}]
    assert dict(run.summary) == {"loss": 2, "best_acc": 0.25, "note": "good"}


def test_unknown_summary_of_a_metric_is_refused(folder: Folder) -> None:
    sweepcli.init()

    with pytest.raises(sweepcli.Error, match="'median' is not one of min, max"):
        sweepcli.define_metric("loss", summary="median")

    assert folder.events("define_metric") == []


def test_older_words_for_a_summary_are_understood(folder: Folder) -> None:
    sweepcli.init()

    sweepcli.define_metric("a", summary="best")
    sweepcli.define_metric("b", summary="copy", hidden=True)

    first, second = folder.events("define_metric")
    assert first["summary"] == "best"
    assert "summary" not in second
    assert second["hidden"] is True


def test_summary_of_a_finished_run_can_be_read_but_not_changed(folder: Folder) -> None:
    run = sweepcli.init()
    run.log({"loss": 1})
    run.finish()

    with pytest.raises(sweepcli.UsageError, match="run00001 is finished"):
        run.summary["loss"] = 2

    assert run.summary.loss == 1
    assert folder.events("summary") == []


@pytest.mark.parametrize(("goal", "meant"), [("Max", "maximize"), ("minimise", "minimize")])
def test_a_goal_of_a_metric_is_what_it_plainly_means(folder: Folder, goal: str, meant: str) -> None:
    sweepcli.init()

    sweepcli.define_metric("loss", summary="best", goal=goal)
    with pytest.raises(sweepcli.Error, match="goal 'up' is not minimize or maximize"):
        sweepcli.define_metric("loss", summary="best", goal="up")

    assert [event["goal"] for event in folder.events("define_metric")] == [meant]
