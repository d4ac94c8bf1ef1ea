"""What the libraries behind `method: custom` have in common: numbers, seeds, outcomes."""

from __future__ import annotations

import hashlib
from types import SimpleNamespace
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.errors import ConfigError
from sweepcli.records import DONE, WELL
from sweepcli.search import pareto

if TYPE_CHECKING:
    from sweepcli.records import Parameter, Run, SweepConfig

_KINDS = {  # of distributions: whether they are of whole numbers, and of logarithms
    "int_uniform": (True, False),
    "uniform": (False, False),
    "log_uniform_values": (False, True),
    "q_uniform": (False, False),
    "q_log_uniform_values": (True, True),
}


class Number(NamedTuple):
    """A numeric parameter as W&B 0.31 hands it to a library."""

    is_int: bool
    is_log: bool
    low: float
    high: float
    step: float | None


class Outcome(NamedTuple):
    """What a library learns about a run: values if it finished with all of them."""

    is_over: bool
    values: list[float] | None


def number(parameter: Parameter, library: str) -> Number:
    """Return a numeric parameter; raise ConfigError for a distribution without an equivalent."""
    if parameter.distribution not in _KINDS:
        raise no_equivalent(parameter, parameter.distribution, library)
    is_int, is_log = _KINDS[parameter.distribution]
    settings = parameter.settings
    low, high = settings["min"], settings["max"]
    if parameter.distribution == "q_uniform":
        is_int = type(low) is type(high) is int and settings["q"] % 1 == 0
    return Number(is_int, is_log, low, high, settings.get("q"))


def no_equivalent(parameter: Parameter, what: str, library: str) -> ConfigError:
    """Return the error for a parameter that a library does not know."""
    return ConfigError(f"parameters.{parameter.name}: {what} has no equivalent in {library}")


def outcome(config: SweepConfig, run: Run) -> Outcome:
    """Return what a library learns about a run."""
    values = pareto.objectives(config, run) if run.state in WELL else None
    return Outcome(run.state in DONE, values)


def seed(config: SweepConfig, count: int) -> int:
    """Return a seed for the suggestion after so many runs."""
    return int(hashlib.sha256(f"{config.seed} {count}".encode()).hexdigest()[:8], 16)


def info(config: SweepConfig) -> SimpleNamespace:
    """Return what W&B passes to a function that makes a search; only the config is known here."""
    blank = dict.fromkeys(("id", "name", "entity", "project", "controller_run_name"), "")
    return SimpleNamespace(**blank, config=config.raw)


def never(search: object) -> bool:
    """Return that a search is not over: the default where the user's code has no such function."""
    del search
    return False
