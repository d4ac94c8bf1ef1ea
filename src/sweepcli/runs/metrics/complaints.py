"""Warnings about the metrics that a run logged, or did not log."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sweepcli import stopping
from sweepcli.regular_files import NotRegular
from sweepcli.values import finite

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import JSON, Metric, Progress
    from sweepcli.runs.metrics.inits import SharedSteps

LONGEST_VALUE = 60  # characters of a value that are shown


def about_trouble(path: str, error: OSError | None) -> list[str]:
    """Warn that a file could not be read, if so: the run has put something else in its place."""
    return [f"{_told(path, error)}; what the run logged there is not read"] if error else []


def about_removed(path: str) -> list[str]:
    """Warn if a file that is made before the run starts is gone, with all that was beside it."""
    if os.path.lexists(path):
        return []
    return [f"{path} was removed while the run ran; what the run logged there may be lost"]


def about_lost_copies(path: str, error: OSError | None) -> list[str]:
    """Warn if metrics were found elsewhere, and could not be copied to the event file."""
    return [f"{_told(path, error)}; metrics of the run could not be kept"] if error else []


def about_metrics(metrics: Sequence[Metric], progress: Progress) -> list[str]:
    """Warn if a finished run never logged what its sweep optimises."""
    if progress.value is not None or not metrics:
        return []
    if not progress.summary:
        names = " and ".join(repr(metric.name) for metric in metrics)
        return [f"the run logged no metrics; the sweep optimises {names}"]
    found = (_about_metric(metric, progress) for metric in metrics)
    return [text for text in found if text]


def _about_metric(metric: Metric, progress: Progress) -> str | None:
    logged = list(progress.summary)
    if metric.name in logged:
        return _about_no_number(metric, progress)
    near = _nested(metric.name, logged) or _nearest(metric.name, logged)
    names = ", ".join(_short(name) for name in (near or logged)[:5])
    hint = "similar names that were" if near else "names that were"
    return f"the sweep's metric {metric.name!r} was never logged; {hint}: {names}"


def _about_no_number(metric: Metric, progress: Progress) -> str | None:
    """Warn that what was logged of the metric gives no value."""
    shown, name = progress.summary[metric.name], f"the sweep's metric {metric.name!r}"
    if progress.latest is None and finite(shown) is None:
        return f"{name} was never a finite number; the last: {_short(shown)}"
    if progress.latest is None:  # of several metrics, each has its own figure
        return None
    if metric.over_inits:
        return (
            f"{name} was no finite number in one init() of the run, so there is no "
            f"{metric.over_inits} over all of them, with `value: {metric.value}`"
        )
    last = f"{progress.latest:.6g}"
    return (
        f"the final figure of {name} is no finite number: {_short(shown)}; its last finite value, "
        f"{last}, does not count with `value: final`"
    )


def about_shared_steps(
    metric: Metric | None, same: SharedSteps | None, *, is_figure: bool = False
) -> str | None:
    """Warn that folds or ranks have logged the metric at the same steps, if nothing joins them."""
    if metric is None or same is None or same.count == 0:
        return None
    counts = "they are all in one figure" if is_figure else _counts(metric)
    if not same.are_apart:
        return (
            f"the same steps of {metric.name!r} were logged {same.count} times in a run, and "
            f"{counts}; the rows do not say of which init() they are: log with sweepcli "
            "or wandb, so that `metric.over` can tell them apart, or log one value for all"
        )
    if metric.over_inits:
        return None
    return (
        f"{same.count} init() in a run log the same steps of {metric.name!r}, as folds and ranks "
        f"do, and {counts}; write `over: {{inits: mean}}` under `metric` (or min, max, "
        "last) to judge each init() and then join them"
    )


def _counts(metric: Metric) -> str:
    if metric.last_of > 1:
        return f"the last {metric.last_of} values of all count"
    what = {"final": "the summary of the last one", "mean": "the mean of all"}
    return f"{what.get(metric.value, f'the {metric.value} of all')} counts"


def about_late_log(version: str | None) -> str | None:
    """Warn that W&B's package, if it writes late, has lost the last metrics of a killed run."""
    return version and (
        f"wandb {version} writes its log in pieces of 32 KiB, so what a killed run logged last is "
        "lost; wandb 0.31 and later write it within half a second"
    )


def about_few_values(metric: Metric | None, count: int, rule: stopping.Settings) -> str | None:
    """Warn if a finished run logged too few values for early termination to end such runs."""
    if metric is None or not stopping.spares(rule, count):
        return None
    logged = "one value" if count == 1 else f"{count} values"
    needed = stopping.first_check(rule)
    return (
        f"a run logged {logged} of {metric.name!r}, and early_terminate looks at runs after "
        f"{needed}: it cannot stop such runs; log more often, or let it look sooner"
    )


def _told(path: str, error: OSError) -> str:
    is_else = isinstance(error, NotRegular)
    return f"{path} {error.strerror}" if is_else else f"{path} cannot be opened: {error.strerror}"


def _short(value: JSON) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "…"


def _nested(name: str, names: Sequence[str]) -> list[str]:
    """Return the names that are `name` in a group or without its group, then its members."""
    same = [other for other in names if other.endswith(f".{name}") or name.endswith(f".{other}")]
    members = [other for other in names if other.startswith(f"{name}.")]
    return list(dict.fromkeys(same + members))


def _nearest(name: str, names: Sequence[str]) -> list[str]:
    import difflib  # noqa: PLC0415 -- rarely needed, and costs start-up time

    return difflib.get_close_matches(name, names, n=3)
