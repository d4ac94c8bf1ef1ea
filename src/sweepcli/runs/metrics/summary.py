"""A summary: the last value of each name, or the figures that the script has asked for.

`define_metric("loss", summary="min,mean")` asks for the figures `loss.min` and `loss.mean`. They
grow with each value, and stay apart from what a script writes over them. Those that no value can
take back (`min`, `max`, `first`, `best`) go on over the attempts at a run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sweepcli.values import finite, goal_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sweepcli.records import JSON

Fold = Callable[[float, float], float]

FOLDS: dict[str, Fold] = {
    "min": min,
    "max": max,
    "first": lambda first, _: first,
    "last": lambda _, last: last,
}
BEST: dict[JSON, Fold] = {"maximize": max}  # W&B's `best`; for any other goal it is the least
OF_ONE_ATTEMPT = ("last", "mean")
SMALLER = 2.0**-64  # so much, exactly, that the sum of all that is logged is a number


class Mean:
    """The mean of values that come one by one, however large they are."""

    __slots__ = ("_sum", "count")

    def __init__(self) -> None:
        self.count = 0
        self._sum = 0.0

    def add(self, value: float) -> None:
        """Take the next value."""
        self._sum += value * SMALLER
        self.count += 1

    def value(self, *others: float) -> float:
        """Return the mean; of these values, too."""
        total = self._sum + sum(other * SMALLER for other in others)
        return total / (self.count + len(others)) / SMALLER


class Summary:
    """What a run has in its summary, or one `init()` in it."""

    def __init__(self, before: Mapping[str, JSON]) -> None:
        self.values: dict[str, JSON] = dict(before)
        self._before = before
        self._kinds: dict[str, str] = {}  # the names of figures -> their kinds
        self._wanted: dict[str, tuple[str, ...]] = {}  # key or prefix* -> kinds of figures
        self._best: dict[str, Fold] = {}  # the same key -> which value is the best
        self._means: dict[str, Mean] = {}
        self._folds: dict[str, float] = {}

    def define(self, name: str, said: Mapping[str, JSON]) -> None:
        """Summarise a metric, or all with a prefix, as the script says."""
        words = str(said.get("summary") or "").split(",")
        kinds = tuple(word.strip() for word in words if word.strip())
        if kinds:
            self._wanted[name] = kinds
            self._best[name] = BEST.get(goal_of(said.get("goal")), min)

    def add(self, key: str, value: JSON) -> None:
        """Add a logged value."""
        wanted = self._wanting(key) if self._wanted else None
        if wanted is None:
            if value is not None:  # as in W&B's summary, the old value stays
                self.values[key] = value
            return
        found = finite(value)
        if found is None:
            return
        for kind in self._wanted[wanted]:
            fold = self._best[wanted] if kind == "best" else FOLDS.get(kind)
            if fold or kind == "mean":
                name = f"{key}.{kind}"
                self._kinds[name] = kind
                self.values[name] = self._folded(name, kind, fold, found)

    def kind(self, name: str) -> str | None:
        """Return of which kind a figure is; None for any other name."""
        return self._kinds.get(name)

    def _folded(self, name: str, kind: str, fold: Fold | None, value: float) -> float:
        if fold is None:
            mean = self._means.setdefault(name, Mean())
            mean.add(value)
            return mean.value()
        known = self._folds.get(name)
        if known is None and kind not in OF_ONE_ATTEMPT:
            known = finite(self._before.get(name))
        self._folds[name] = value if known is None else fold(known, value)
        return self._folds[name]

    def _wanting(self, key: str) -> str | None:
        if key in self._wanted:
            return key
        for name in self._wanted:
            if name.endswith("*") and key.startswith(name[:-1]):
                return name
        return None
