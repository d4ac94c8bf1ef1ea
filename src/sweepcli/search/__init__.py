"""Search methods: pure functions from a config and its runs to the next suggestions.

A method is a module with `suggest`, a `Method`, `size`, AHEAD, how many suggestions are worth
making at once, and LEARNS, whether they rest on the runs' values; METHODS names it. Those that
rest on what may be missing have `problem`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Protocol

from sweepcli.errors import NotSupported

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import Run, Suggestion, SweepConfig

METHODS: dict[str, str] = {
    "grid": "sweepcli.search.grid",
    "random": "sweepcli.search.random",
    "bayes": "sweepcli.search.bayes",
    "sobol": "sweepcli.search.sobol",
}

# Those that others make: `custom`, by a library, and `package.module:function`, by the user.
CUSTOM, OWN = "sweepcli.search.custom", "sweepcli.search.own"


class Method(Protocol):
    """Suggests what to try next."""

    def __call__(self, config: SweepConfig, runs: Sequence[Run], n: int) -> list[Suggestion]:
        """Return up to `n` suggestions; fewer mean that the space is used up.

        `runs` may be lazy: its length is cheap, reading it loads every run.
        """


class Size(Protocol):
    """Counts a config's distinct runs."""

    def __call__(self, config: SweepConfig) -> int | None:
        """Return the number of distinct runs, None if there is no end."""


def method(name: str) -> Method:
    """Return the search method of that name; raise NotSupported if we have none."""
    suggest: Method = _load(name, "suggest")
    return suggest


def size(config: SweepConfig) -> int | None:
    """Return how many distinct runs the config's method makes, None if it never ends."""
    count: Size = _load(config.method, "size")
    return count(config)


def ahead(name: str) -> int:
    """Return how many suggestions of the method are worth making at once."""
    count: int = _load(name, "AHEAD")
    return count


def learns(name: str) -> bool:
    """Return whether what the method suggests rests on the values of the runs before."""
    is_so: bool = _load(name, "LEARNS")
    return is_so


def problem(config: SweepConfig) -> str | None:
    """Say why a valid config cannot be searched here, if it cannot."""
    if not is_known(config.method):
        return _unknown(config.method)
    if config.method in METHODS:
        return None
    found: str | None = _load(config.method, "problem")(config)
    return found


def is_known(name: str) -> bool:
    """Return whether there is a search method of that name, here or of the user's own."""
    return name in METHODS or name == "custom" or ":" in name


def _unknown(name: str) -> str:
    return f"method: {name} cannot be run by this version (use {' or '.join(METHODS)})"


def _load(name: str, attribute: str) -> Any:  # noqa: ANN401 -- the callers say what it is
    if not is_known(name):
        raise NotSupported(_unknown(name))
    module = METHODS.get(name, CUSTOM if name == "custom" else OWN)
    return getattr(importlib.import_module(module), attribute)
