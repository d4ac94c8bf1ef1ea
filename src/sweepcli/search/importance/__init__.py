"""How much each parameter of a sweep matters for its metric: `of(config, runs)`.

Pure: the same config and runs give the same figures. numpy is loaded by the first call only.
`docs/search.md` says what the figures mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import JSON, Run, SweepConfig
    from sweepcli.search.importance.sample import Sample

MOST_RUNS = 1_000  # that are looked at; more would change little
LEAST_RUNS = 10  # or twice the number of parameters that vary, if that is more
UNSURE = 0.1  # less than this explained, or than 1/√runs: it may be chance
METHOD = (
    "Share of the metric's variance over the search space that a parameter explains alone "
    "(fANOVA of a forest of randomised regression trees)."
)


class Share(NamedTuple):
    """How much one parameter matters."""

    name: str
    share: float  # of the metric's variance, 0 to 1
    correlation: float | None  # Spearman's, of the values' order and the metric


class Importance(NamedTuple):
    """How much each parameter matters, and how far that can be trusted."""

    parameters: tuple[Share, ...]  # the most important first; none, if the reason says so
    interactions: float | None  # the rest of the variance: what parameters do together only
    explained: float | None  # R² of the forest on runs that it had not seen, at least 0
    runs: int  # that were looked at
    reason: str | None  # why there are no shares, or why to doubt those that there are


def of(config: SweepConfig, runs: Sequence[Run]) -> Importance:
    """Return the importance of the config's parameters, as the runs show it."""
    if config.metric is None or config.metrics:
        several = "the sweep optimises several" if config.metrics else "the config has none"
        return _nothing(0, f"there is no single metric: {several}")
    from sweepcli.search.importance import fanova, sample  # noqa: PLC0415 -- they load numpy

    seen = sample.observed(config.parameters, config.metric, runs, MOST_RUNS)
    count = len(seen.values)
    reason = _why_not(seen)
    if reason:
        return _nothing(count, reason)
    parts = fanova.decompose(seen.axes, seen.places, sample.evened(seen.values))
    if parts is None:
        return _nothing(count, "the runs do not differ in their parameters")
    shares = [
        Share(".".join(axis.path), share, correlation)
        for axis, share, correlation in zip(
            seen.axes, parts.shares, sample.correlations(seen), strict=True
        )
    ]
    shares.sort(key=lambda each: (-each.share, each.name))
    is_sure = parts.explained >= max(UNSURE, count**-0.5)
    doubt = None if is_sure else _doubt(parts.explained)
    return Importance(tuple(shares), parts.interactions, parts.explained, count, doubt)


def record(importance: Importance) -> dict[str, JSON]:
    """Return an importance as plain JSON."""
    return {
        "parameters": [share._asdict() for share in importance.parameters],
        "interactions": importance.interactions,
        "explained": importance.explained,
        "runs": importance.runs,
        "method": METHOD,
        "reason": importance.reason,
    }


def _why_not(seen: Sample) -> str | None:
    """Return what keeps a sample from telling anything."""
    count = len(seen.values)
    least = max(LEAST_RUNS, 2 * len(seen.axes))
    if not seen.axes:
        return "no parameter varies"
    if count < least:
        return f"too few runs have a value: {count}, at least {least} are needed"
    if (seen.values == seen.values[0]).all():
        return f"all {count} runs have the same value"
    return None


def _nothing(runs: int, reason: str) -> Importance:
    return Importance((), None, None, runs, reason)


def _doubt(explained: float) -> str:
    return (
        f"the parameters explain only {explained:.0%} of the differences between runs: "
        "the rest is chance or would need more runs, and the shares mean little"
    )
