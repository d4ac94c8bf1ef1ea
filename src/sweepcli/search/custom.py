"""`method: custom`: a library that `scheduler` names suggests, and we keep the runs.

W&B 0.31 has the same key; see `docs/search.md` for what is different. As every method, it is
made again from the runs for each suggestion: what a library stores about a run is in the
`search_info` of the run, and is given back to it.
"""

from __future__ import annotations

import importlib
import importlib.util
from typing import TYPE_CHECKING, Any, Protocol, cast

from sweepcli.errors import ConfigError, SearchError
from sweepcli.search import bayes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import Run, Suggestion, SweepConfig

AHEAD = 1  # a later suggestion knows more
LEARNS = True
# What each engine needs, and our module for it.
LIBRARIES = {
    "optuna": ("optuna", "sweepcli.search.optuna_study"),
    "ax": ("ax", "sweepcli.search.ax_client"),
}
MISSING = "scheduler.engine: {0} needs a package: pip install 'sweepcli[{0}]'"


class Library(Protocol):
    """A library's module of ours."""

    def suggest(self, config: SweepConfig, runs: Sequence[Run], n: int) -> list[Suggestion]:
        """Return up to `n` suggestions; fewer mean that the search is over."""

    def check(self, config: SweepConfig) -> None:
        """Raise ConfigError for a space that the library does not know."""


def suggest(config: SweepConfig, runs: Sequence[Run], n: int) -> list[Suggestion]:
    """Return what the library suggests; raise SearchError if it fails."""
    engine = _engine(config)
    if engine == "wandb":
        return bayes.suggest(config, runs, n)
    return _library(engine).suggest(config, runs, n)


def size(config: SweepConfig) -> int | None:
    """Return the number of distinct runs where our own engine searches; None if nobody knows."""
    return bayes.size(config) if _engine(config) == "wandb" else None


def problem(config: SweepConfig) -> str | None:
    """Say why the library cannot search this config here, if it cannot."""
    engine = _engine(config)
    if engine == "wandb":
        return None
    if engine not in LIBRARIES:
        return "method: custom needs `scheduler: {engine: optuna}`, or ax, or wandb"
    if importlib.util.find_spec(LIBRARIES[engine][0]) is None:
        return MISSING.format(engine)
    try:
        _library(engine).check(config)
    except ConfigError as error:
        return str(error)
    except SearchError as error:
        return f"scheduler: {error}"
    return None


def _engine(config: SweepConfig) -> str:
    return str((config.scheduler or {}).get("engine"))


def _library(engine: str) -> Library:
    package, module = LIBRARIES[engine]
    try:
        importlib.import_module(package)
    except ImportError as error:
        raise SearchError(MISSING.format(engine)) from error
    library: Any = importlib.import_module(module)
    return cast("Library", library)
