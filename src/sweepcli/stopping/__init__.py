"""Early termination: pure functions from what runs have logged to those that should end.

A rule is a module with `decide`, a `Rule`, and `first_check`, the number of values that it needs
to judge a run; RULES names it. Nothing here knows of stores and processes.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection

    from sweepcli.records import JSON
    from sweepcli.stopping.curve import Curve

    Curves = Mapping[str, Curve]  # by run

RULES: dict[str, str] = {
    "hyperband": "sweepcli.stopping.hyperband",
    "asha": "sweepcli.stopping.asha",
    "median": "sweepcli.stopping.median",
    "nan": "sweepcli.stopping.nan",
}
AT_ANY_VALUE = ("nan",)  # the rules that look at the last value of a whole run, too
WHOLE_RUNS = 3  # finished runs that tell how many values a run logs
SHARES: dict[float, str] = {2: "half", 3: "third", 4: "quarter"}

Settings = Mapping[str, Any]  # `early_terminate` of a config


class Stop(NamedTuple):
    """A run that should end, and why, for people."""

    run_id: str
    reason: str


class Rule(Protocol):
    """Decides which of the running runs should end."""

    def __call__(self, settings: Settings, curves: Curves, running: Curves) -> list[Stop]:
        """Return those of `running` to end; they are among `curves`, those of all runs."""


def decide(
    settings: Settings,
    curves: Curves,
    running: Collection[str],
    finished: Collection[str] = (),
) -> list[Stop]:
    """Return the running runs that the rule `settings["type"]` would end.

    `finished` are those that have ended by themselves, and well.
    """
    rule: Rule = _load(settings["type"], "decide")
    judged = {i: curves[i] for i in running if i in curves}
    if settings["type"] not in AT_ANY_VALUE:
        whole = length(curves, finished)
        judged = {i: curve for i, curve in judged.items() if len(curve.losses) < whole}
    return rule(settings, curves, judged)


def length(curves: Curves, finished: Collection[str]) -> float:
    """Return how many values a whole run logs; infinite if that is not known.

    Where at least three finished runs have shown a number of values, and no run more, that is all
    that a run here logs: one that has come so far is complete, and ending it saves nothing.
    """
    most = max((len(curve.losses) for curve in curves.values()), default=0)
    whole = sum(len(curves[i].losses) == most for i in finished if i in curves)
    return most if whole >= WHOLE_RUNS else math.inf


def after(count: int) -> str:
    """Return the words for a number of values after which runs are compared."""
    return f"after {count} values" if count > 1 else "after 1 value"


def first_check(settings: Settings) -> int:
    """Return how many finite values a run must log before its rule can judge it."""
    count: int = _load(settings["type"], "first_check")(settings)
    return count


def spares(settings: Settings, count: int) -> bool:
    """Return whether a rule can end no run that logs so many finite values in all."""
    needed = first_check(settings)
    return count < needed or (count == needed and settings["type"] not in AT_ANY_VALUE)


def best_share(eta: float) -> str:
    """Return what the best of `eta` equal parts is called."""
    return f"best {SHARES.get(eta, f'1/{eta:g}')}"


def _load(name: str, function: str) -> JSON:
    return getattr(importlib.import_module(RULES[name]), function)
