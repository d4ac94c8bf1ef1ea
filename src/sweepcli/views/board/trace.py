"""A curve that may grow for days, kept small. Pure."""

from __future__ import annotations

import math

from sweepcli.values import mean

MOST = 256  # points that are kept; a sparkline has fewer characters


class Trace:
    """The values of a metric, as means of equally many of them each."""

    def __init__(self) -> None:
        self._means: list[float] = []  # NaN for a stretch without a finite value
        self._stride = 1  # how many values each of them stands for
        self._begun: list[float] = []  # the values of the next one

    @property
    def values(self) -> list[float]:
        """The curve, thinned where it is long."""
        return [*self._means, _mean(self._begun)] if self._begun else list(self._means)

    def add(self, value: float) -> None:
        """Take the next value."""
        self._begun.append(value)
        if len(self._begun) < self._stride:
            return
        self._means.append(_mean(self._begun))
        self._begun = []
        if len(self._means) == MOST:
            pairs = zip(self._means[::2], self._means[1::2], strict=True)
            self._means = [_mean(pair) for pair in pairs]
            self._stride *= 2


def _mean(values: list[float] | tuple[float, ...]) -> float:
    found = mean(values)
    return math.nan if found is None else found
