"""What a run has logged of the metric, in the order in which it did."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.values import as_float

if TYPE_CHECKING:
    from sweepcli.records import JSON, Goal


class Point(NamedTuple):
    """One value of the metric, which may be nan or infinite."""

    step: int
    value: float


class Curve:
    """The values of one run, which grows as it logs them."""

    def __init__(self, goal: Goal) -> None:
        self.goal = goal
        self.points: list[Point] = []
        self.losses: list[float] = []  # the finite values, turned so that less is better
        self.steps: list[int] = []  # of the same values
        self._attempt = 0

    @property
    def best(self) -> float | None:
        """The best finite value so far."""
        return self.goal.sign * min(self.losses) if self.losses else None

    def add(self, attempt: int, step: int, value: JSON) -> None:
        """Add what was logged, if it is a number; one for the same step replaces the last.

        A later attempt continues from a checkpoint, or starts again: what was logged from
        its first step on is replaced.
        """
        found = as_float(value)
        if found is None:
            return
        if attempt != self._attempt:
            self._attempt = attempt
            while self.points and self.points[-1].step >= step:
                self._drop()
        elif self.points and self.points[-1].step == step:
            self._drop()
        self.points.append(Point(step, found))
        if math.isfinite(found):
            self.losses.append(self.goal.sign * found)
            self.steps.append(step)

    def best_place(self, count: int) -> int:
        """Return where the best of the first `count` finite values is."""
        return self.losses.index(min(self.losses[:count]))

    def reason(self, place: int, than: float, what: str, *, best_of: int = 1) -> str:
        """Say that the run stops because what it showed at a place is worse than `than`.

        With `best_of`, that was the best of so many values.
        """
        sign = self.goal.sign
        bad, good = f"{sign * self.losses[place]:.4g}", f"{sign * than:.4g}"
        if bad == good:
            bad, good = repr(sign * self.losses[place]), repr(sign * than)
        which = f"the best of {best_of} values" if best_of > 1 else f"value {place + 1}"
        return f"stopped: {bad} at step {self.steps[place]} ({which}) is worse than {good}, {what}"

    def _drop(self) -> None:
        if math.isfinite(self.points.pop().value):
            self.losses.pop()
            self.steps.pop()
