"""Parameters as a flat, sorted tuple of leaves, and params as a nested dict. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli.errors import ConfigError
from sweepcli.records import JSON, Parameter, Params
from sweepcli.sweep_config import distributions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

NESTED = "parameters"

# A group has none of these; a mapping with one of them is a parameter of its own.
DISTRIBUTION_KEYS = frozenset(
    key
    for row in distributions.DISTRIBUTIONS.values()
    for key in ("distribution", *row.required, *row.defaults)
)


def is_group(settings: Mapping[str, JSON]) -> bool:
    """Tell whether a parameter's mapping holds further parameters."""
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


def _leaves(raw: Mapping[str, JSON], above: tuple[str, ...]) -> Iterator[Parameter]:
    for name in sorted(raw):
        settings, path = raw[name], (*above, name)
        if is_group(settings):
            yield from _leaves(settings[NESTED], path)
        else:
            yield _leaf(path, settings)


def _leaf(path: tuple[str, ...], settings: Mapping[str, JSON]) -> Parameter:
    distribution = distributions.infer(settings)
    if distribution not in distributions.DISTRIBUTIONS:
        name = ".".join(path)
        raise ConfigError(f"parameters.{name}: no distribution has these keys: {dict(settings)}")
    defaults = distributions.DISTRIBUTIONS[distribution].defaults
    given = {key: value for key, value in settings.items() if key != "distribution"}
    return Parameter(path, distribution, {**defaults, **given})
