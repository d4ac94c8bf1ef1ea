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
# Explained less than this, or than 1/√runs: nothing that chance does not. Of noise alone, 97 of 100
# samples stay below, of 12 runs as of 300.
CHANCE = 0.1
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
    reason: str | None  # why there are no shares


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
    if parts.explained < max(CHANCE, count**-0.5):
        return _nothing(count, _unexplained(parts.explained, count), parts.explained)
    shares = [
        Share(".".join(axis.path), share, correlation)
        for axis, share, correlation in zip(
            seen.axes, parts.shares, sample.correlations(seen), strict=True
        )
    ]
    shares.sort(key=lambda each: (-each.share, each.name))
    return Importance(tuple(shares), parts.interactions, parts.explained, count, None)


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


def _nothing(runs: int, reason: str, explained: float | None = None) -> Importance:
    return Importance((), None, explained, runs, reason)


def _unexplained(explained: float, runs: int) -> str:
    return (
        f"nothing explained: the parameters predict {explained:.0%} of the differences between "
        f"{runs} runs, no more than chance does, and shares of that would mean little; more runs "
        "may show more"
    )
