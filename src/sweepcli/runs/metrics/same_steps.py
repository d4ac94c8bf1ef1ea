"""Whether several `init()` in one attempt at a run have logged the metric at the same steps."""

from __future__ import annotations

MOST = 1000  # steps that are remembered: folds and ranks begin at the same ones


class SameSteps:
    """Counts the series of values that share steps.

    Rows that do not say of which `init()` they are begin a new series with an `init` event, or
    where their steps go back.
    """

    def __init__(self) -> None:
        self._first_at: dict[int, str] = {}  # step -> the series that has it
        self._sharing = dict[str, bool]()  # whether each of them says its `init()`
        self._last: int | None = None  # step of a row that does not say it
        self._begun = 0

    @property
    def count(self) -> int:
        """How many series share steps."""
        return len(self._sharing)

    @property
    def are_apart(self) -> bool:
        """Whether all of them can be told apart."""
        return all(self._sharing.values())

    def begin(self) -> None:
        """Hear of an `init()` that does not say which it is."""
        self._begun += 1
        self._last = None

    def add(self, step: int, init: str | None) -> None:
        """Add the step of a value."""
        if init is None:
            self._begun += self._last is not None and step < self._last
            self._last = step
        series = init or f"#{self._begun}"
        known = self._first_at.get(step)
        if known is None and len(self._first_at) < MOST:
            self._first_at[step] = series
        elif known is not None and known != series:
            self._sharing |= {each: not each.startswith("#") for each in (known, series)}
