"""What a person should know about what a run logged, or did not."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import Metric, Progress


def about_bad_lines(path: str, lines: Sequence[int]) -> str | None:
    """Tell of lines in an event file that are no events, if there are any."""
    if not lines:
        return None
    many = f"{len(lines)} lines are" if len(lines) > 1 else "a line is"
    return f"{path}:{lines[0]}: {many} not a JSON object and left out"


def about_metric(metric: Metric | None, progress: Progress) -> str | None:
    """Tell if a finished run never logged the metric that its sweep optimises."""
    if metric is None or progress.value is not None:
        return None
    logged = list(progress.summary)
    if not logged:
        return f"the run logged no metrics; the sweep optimises {metric.name!r}"
    if metric.name in logged:
        found = progress.summary[metric.name]
        return f"the sweep's metric {metric.name!r} was never a finite number; last: {found!r}"
    nested = [name for name in logged if name.startswith(metric.name + ".")]
    near = nested or _nearest(metric.name, logged)
    names = ", ".join(repr(name) for name in near or logged[:5])
    hint = "the nearest that were" if near else "logged were"
    return f"the sweep's metric {metric.name!r} was never logged; {hint}: {names}"


def _nearest(name: str, names: Sequence[str]) -> list[str]:
    import difflib  # noqa: PLC0415 -- rarely needed, and costs start-up time

    return difflib.get_close_matches(name, names, n=3)
