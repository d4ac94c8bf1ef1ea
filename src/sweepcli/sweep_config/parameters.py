"""Parameters as a flat, sorted tuple of leaves, and a run's params as a nested dict. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli.errors import ConfigError
from sweepcli.records import JSON, Parameter, Params
from sweepcli.sweep_config.distributions import DISTRIBUTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

NESTED = "parameters"

# A group has none of these; a mapping with one of them is a parameter of its own.
DISTRIBUTION_KEYS = frozenset(
    key for row in DISTRIBUTIONS.values() for key in ("distribution", *row.required, *row.defaults)
)
_MANY = 8  # values that a description lists before it counts them
_NOT_TEXT = ("True", "False", "None")


def is_group(settings: Mapping[str, JSON]) -> bool:
    """Return whether a parameter's mapping holds further parameters."""
    return NESTED in settings and DISTRIBUTION_KEYS.isdisjoint(settings)


def flatten(raw: Mapping[str, JSON]) -> tuple[Parameter, ...]:
    """Return the leaves of a checked `parameters` mapping, sorted by name at every level."""
    return tuple(_leaves(raw, ()))


def nest(parameters: Sequence[Parameter], values: Sequence[JSON]) -> Params:
    """Return one run's params from the values in the parameters' order.

    Values that are themselves mappings keep the order of the user's file.
    """
    params: Params = {}
    for parameter, value in zip(parameters, values, strict=True):
        *groups, name = parameter.path
        place = params
        for group in groups:
            place = place.setdefault(group, {})
        place[name] = value
    return params


def infer(settings: Mapping[str, JSON]) -> str | None:
    """Return the distribution that a parameter's keys name or imply, None if they imply none.

    Only the keys decide, and whether both bounds are ints: other modules check the values.
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


def describe(parameter: Parameter, longest: int | None = None) -> str:
    """Return what values a parameter takes, for people; each value cut to `longest` characters."""
    settings = parameter.settings
    texts = {name: _text(value, longest) for name, value in settings.items()}
    if "values" in settings:
        values = [_text(value, longest) for value in settings["values"]]
        if "probabilities" in settings:
            chances = settings["probabilities"]
            values = [f"{v} ({p:.4g})" for v, p in zip(values, chances, strict=True)]
        if len(values) > _MANY:
            values = [*values[: _MANY - 1], f"… ({len(values)} in all)"]
        texts["values"] = ", ".join(values)
    return DISTRIBUTIONS[parameter.distribution].phrase.format(**texts)


def _text(value: JSON, longest: int | None) -> str:
    """Return a value as people read it: text in quotes if it could be read as another value."""
    is_word = isinstance(value, str) and value[:1].isalpha() and value.isprintable()
    is_plain = is_word and "," not in value and value not in _NOT_TEXT
    text = value if is_plain else repr(value)
    return text if longest is None or len(text) <= longest else f"{text[: longest - 1]}…"


def _leaves(raw: Mapping[str, JSON], above: tuple[str, ...]) -> Iterator[Parameter]:
    for name in sorted(raw):
        settings, path = raw[name], (*above, name)
        if is_group(settings):
            yield from _leaves(settings[NESTED], path)
            continue
        distribution = infer(settings)
        if distribution not in DISTRIBUTIONS:
            keys = f"no distribution has these keys: {dict(settings)}"
            raise ConfigError(f"parameters.{'.'.join(path)}: {keys}")
        given = {key: value for key, value in settings.items() if key != "distribution"}
        defaults = DISTRIBUTIONS[distribution].defaults
        yield Parameter(path, distribution, {**defaults, **given})
