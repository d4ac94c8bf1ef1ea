"""Every distribution a parameter can have: one table of W&B's names.

`ppf` maps x in [0, 1] to a value, `cdf` maps a value back. They are W&B's, except that
quantised values stay inside their bounds, decimals are exact, x = 0 and x = 1 give the ends,
and values are plain Python, always finite. A quantised `cdf` is the unquantised one, as W&B's.
Pure; standard library only, since every agent imports it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sweepcli.records import JSON, NOTHING
from sweepcli.sweep_config import choices, continuous, lattice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sweepcli.records import Parameter

Settings = dict[str, JSON]

_MANY = 8  # values that a description lists before it counts them
_NOT_TEXT = ("True", "False", "None")


class Distribution(NamedTuple):
    """A named map between [0, 1] and values."""

    meaning: str  # one line, for the reference
    phrase: str  # the same with a parameter's settings in it
    ppf: Callable[[float, Settings], JSON]
    cdf: Callable[[JSON, Settings], float]
    required: tuple[str, ...] = ()
    defaults: dict[str, JSON] = NOTHING
    # The values and their weights, if they are finitely many and few enough to be listed.
    cells: Callable[[Settings], lattice.Cells | None] = lambda _: None


def infer(settings: Mapping[str, JSON]) -> str | None:
    """Return the distribution that a parameter's keys say or imply, None if they imply none.

    Only the keys decide, and whether both bounds are ints; whether the values are any good is
    the check's business.
    """
    if "distribution" in settings:
        named: str | None = settings["distribution"]
        return named
    match sorted(settings):
        case ["value"]:
            return "constant"
        case ["values"]:
            return "categorical"
        case ["probabilities", "values"]:
            return "categorical_w_probabilities"
        case ["max", "min"]:
            whole = all(type(settings[bound]) is int for bound in ("min", "max"))
            return "int_uniform" if whole else "uniform"
        case _:
            return None


def describe(parameter: Parameter) -> str:
    """Say what values a parameter takes, for people."""
    settings = parameter.settings
    texts = {name: _text(value) for name, value in settings.items()}
    if "values" in settings:
        values = [_text(value) for value in settings["values"]]
        if "probabilities" in settings:
            chances = settings["probabilities"]
            values = [f"{v} ({p:.4g})" for v, p in zip(values, chances, strict=True)]
        if len(values) > _MANY:
            values = [*values[: _MANY - 1], f"… ({len(values)} in all)"]
        texts["values"] = ", ".join(values)
    return DISTRIBUTIONS[parameter.distribution].phrase.format(**texts)


def _text(value: JSON) -> str:
    """Return a value as people read it: text in quotes if it could be taken for another value."""
    if not isinstance(value, str) or not value[:1].isalpha():
        return repr(value)
    is_plain = value.isprintable() and "," not in value and value not in _NOT_TEXT
    return value if is_plain else repr(value)


def _bounds(s: Settings) -> tuple[float, float]:
    return s["min"], s["max"]


def _exp_bounds(s: Settings) -> tuple[float, float]:
    return continuous.exp(s["min"]), continuous.exp(s["max"])


def _quantised(
    plain: Distribution, bounds: Callable[[Settings], tuple[float, float] | None]
) -> Distribution:
    """Return the distribution rounded to multiples of `q`, inside its bounds if it has any."""

    def ppf(x: float, s: Settings) -> int | float:
        return lattice.quantise(plain.ppf(x, s), s["q"], bounds(s))

    def cells(s: Settings) -> lattice.Cells | None:
        ends = bounds(s)
        return ends and lattice.quantised_cells(s["q"], ends, lambda v: plain.cdf(v, s))

    return Distribution(
        meaning=f"{plain.meaning}; rounded to multiples of q",
        phrase=plain.phrase + " in steps of {q}",
        ppf=ppf,
        cdf=plain.cdf,
        required=plain.required,
        defaults={**plain.defaults, "q": 1.0},
        cells=cells,
    )


_UNIFORM = Distribution(
    "a number between min and max, each equally likely",
    "uniform between {min} and {max}",
    continuous.uniform_ppf,
    continuous.uniform_cdf,
    ("min", "max"),
)
_LOG_UNIFORM_VALUES = Distribution(
    "a number between min and max whose logarithm is uniform",
    "log-uniform between {min} and {max}",
    continuous.log_uniform_values_ppf,
    continuous.log_uniform_values_cdf,
    ("min", "max"),
)
_LOG_UNIFORM = Distribution(
    "a number between e^min and e^max whose logarithm is uniform (deprecated)",
    "log-uniform between e^{min} and e^{max}",
    continuous.log_uniform_ppf,
    continuous.log_uniform_cdf,
    ("min", "max"),
)
_NORMAL = Distribution(
    "a number of a normal distribution with mean mu and deviation sigma",
    "normal with mean {mu} and deviation {sigma}",
    continuous.normal_ppf,
    continuous.normal_cdf,
    defaults={"mu": 0.0, "sigma": 1.0},
)
_LOG_NORMAL = Distribution(
    "a number whose logarithm is normal with mean mu and deviation sigma",
    "log-normal with mean {mu} and deviation {sigma} of the logarithm",
    continuous.log_normal_ppf,
    continuous.log_normal_cdf,
    defaults={"mu": 0.0, "sigma": 1.0},
)
_BETA = Distribution(
    "a number between 0 and 1 of a beta distribution with shapes a and b",
    "beta with shapes {a} and {b}",
    continuous.beta_ppf,
    continuous.beta_cdf,
    defaults={"a": 1, "b": 1},
)

DISTRIBUTIONS: dict[str, Distribution] = {
    "constant": Distribution(
        "always the same value",
        "always {value}",
        lambda _, s: s["value"],
        lambda _value, _: 1.0,
        ("value",),
        cells=choices.constant_cells,
    ),
    "categorical": Distribution(
        "one of the values, each equally likely",
        "one of {values}",
        choices.categorical_ppf,
        choices.categorical_cdf,
        ("values",),
        cells=choices.categorical_cells,
    ),
    "categorical_w_probabilities": Distribution(
        "one of the values, as likely as probabilities say",
        "one of {values}",
        choices.weighted_ppf,
        choices.weighted_cdf,
        ("values", "probabilities"),
        cells=choices.weighted_cells,
    ),
    "int_uniform": Distribution(
        "a whole number from min to max, both included, each equally likely",
        "whole number from {min} to {max}",
        choices.int_uniform_ppf,
        choices.int_uniform_cdf,
        ("min", "max"),
        cells=choices.int_uniform_cells,
    ),
    "uniform": _UNIFORM,
    "q_uniform": _quantised(_UNIFORM, _bounds),
    "log_uniform_values": _LOG_UNIFORM_VALUES,
    "q_log_uniform_values": _quantised(_LOG_UNIFORM_VALUES, _bounds),
    "inv_log_uniform_values": _LOG_UNIFORM_VALUES,  # the same by algebra, in W&B too
    "log_uniform": _LOG_UNIFORM,
    "q_log_uniform": _quantised(_LOG_UNIFORM, _exp_bounds),
    "inv_log_uniform": Distribution(
        "a number between e^-max and e^-min whose logarithm is uniform (deprecated)",
        "log-uniform between e^-{max} and e^-{min}",
        continuous.inv_log_uniform_ppf,
        continuous.inv_log_uniform_cdf,
        ("min", "max"),
    ),
    "normal": _NORMAL,
    "q_normal": _quantised(_NORMAL, lambda _: None),
    "log_normal": _LOG_NORMAL,
    "q_log_normal": _quantised(_LOG_NORMAL, lambda _: None),
    "beta": _BETA,
    "q_beta": _quantised(_BETA, lambda _: (0, 1)),
}
UNORDERED = ("categorical", "categorical_w_probabilities")  # their values are choices
