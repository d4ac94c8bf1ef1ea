"""Early termination: pure functions from what runs have logged to those that should end.

A rule is a module with `decide`, a `Rule`, and `first_check`, the number of values that it needs
to judge a run; RULES names it. Nothing here knows of stores and processes.
"""

from __future__ import annotations

import importlib
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


def decide(settings: Settings, curves: Curves, running: Collection[str]) -> list[Stop]:
    """Return the running runs that the rule `settings["type"]` would end."""
    rule: Rule = _load(settings["type"], "decide")
    return rule(settings, curves, {i: curves[i] for i in running if i in curves})


def first_check(settings: Settings) -> int:
    """Return how many finite values a run must log before its rule can judge it."""
    count: int = _load(settings["type"], "first_check")(settings)
    return count


def best_share(eta: float) -> str:
    """Return what the best of `eta` equal parts is called."""
    return f"best {SHARES.get(eta, f'1/{eta:g}')}"


def _load(name: str, function: str) -> JSON:
    return getattr(importlib.import_module(RULES[name]), function)
