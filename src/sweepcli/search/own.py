"""`method: package.module:function`: a search of the user's own.

The function is called as `function(config, runs, n)`, see `search.Method`, and returns up to n
mappings from the names of parameters to values; none of them ends the sweep. Constants may be
left out. It is asked again for what it was asked already where two agents are as fast, or one
died: the first answer counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli.errors import SearchError
from sweepcli.records import Suggestion
from sweepcli.search import loading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import JSON, Parameter, Params, Run, SweepConfig

AHEAD = 1  # a later suggestion knows more
LEARNS = True


def suggest(config: SweepConfig, runs: Sequence[Run], n: int) -> list[Suggestion]:
    """Return what the function suggests; raise SearchError if it fails or makes no sense."""
    function = loading.from_module(config.method)
    with loading.blamed(config.method):
        made = [loading.as_json(params) for params in function(config, runs, n)]
    return [
        Suggestion(str(index), _checked(params, config))
        for index, params in enumerate(made[:n], len(runs))
    ]


def size(config: SweepConfig) -> None:
    """Return that nobody knows."""
    del config


def problem(config: SweepConfig) -> str | None:
    """Say why the function cannot be called, if it cannot."""
    try:
        loading.from_module(config.method)
    except SearchError as error:
        return f"method: {error}; start where {config.method.partition(':')[0]} can be imported"
    return None


def _checked(params: JSON, config: SweepConfig) -> Params:
    """Return params with the constants that they lack."""
    if not isinstance(params, dict):
        raise SearchError(f"{config.method} must return mappings, not {params!r}")
    unknown = params.keys() - {parameter.path[0] for parameter in config.parameters}
    if unknown:
        raise SearchError(f"{config.method}: {min(unknown)!r} is not a parameter of the sweep")
    for parameter in config.parameters:
        _fill(params, parameter, config.method)
    return params


def _fill(params: Params, parameter: Parameter, method: str) -> None:
    *groups, name = parameter.path
    place = params
    for group in groups:
        place = place.setdefault(group, {})
        if not isinstance(place, dict):
            raise SearchError(f"{method}: {group!r} must be a mapping of parameters")
    if name not in place:
        if parameter.distribution != "constant":
            raise SearchError(f"{method}: there is no value for {parameter.name!r}")
        place[name] = parameter.settings["value"]
