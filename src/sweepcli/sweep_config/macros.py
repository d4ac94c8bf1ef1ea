"""Macros: which there are, and where the elements of a command mention them. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sweepcli import env
from sweepcli.sweep_config.argument_styles import LISTS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from sweepcli.records import JSON, SweepConfig

SINGLE = ("env", "interpreter", "program", "args_json", "args_json_file")
MACROS = (*LISTS, *SINGLE)
# Ours, where W&B has none: a parameter of that name is meant before them.
RUN_MACROS = ("slot", "gpu", "port", "checkpoint_dir", "run_dir")

ENVVAR = "envvar:"
# `$${x}` writes `${x}`. `${{x}}`, `$x`, `$(x)` and a brace that is never closed are no macros.
_MACRO = re.compile(r"(\$?)\$\{([^${}]*)\}")
# What else may be a macro or a parameter; `${1}`, `${x:-y}` and the like are left to shells.
_NAME = r" *[A-Za-z_][A-Za-z0-9_.-]* *"
_VARIABLE = r"[A-Za-z_][A-Za-z0-9_]*"

# What is in the names of a run's variables that have its params.
_WITH_PARAMS = (env.PARAM_PREFIX, env.PARAMS, "WANDB_SWEEP_PARAM_PATH")

Fault = tuple[int, str, str]  # index of the element, what is wrong, fix


def mentioned(element: str) -> list[str]:
    """Return the names of the macros in an element."""
    return [name for _, name in placed(element)]


def placed(element: str) -> list[tuple[int, str]]:
    """Return the macros in an element: where each begins, and its name."""
    return [(at.start(), at[2]) for at in _MACRO.finditer(element) if not at[1]]


def whole(element: str) -> str | None:
    """Return the name of the macro that an element is, None if it is none or longer."""
    found = _MACRO.fullmatch(element)
    return found[2] if found and not found[1] else None


def replaced(element: str, text_of: Callable[[str], str]) -> str:
    """Return an element with the text of each macro in its place."""
    # One pass, so what a value holds is never taken for a macro.
    return _MACRO.sub(lambda at: at[0][1:] if at[1] else text_of(at[2]), element)


def is_parameter(name: str, names: Collection[str]) -> bool:
    """Return whether a name is that of a parameter, or of a group of them."""
    return name in names or any(other.startswith(name + ".") for other in names)


def is_unknown(name: str, names: Collection[str]) -> bool:
    """Return whether a name could be that of a macro or a parameter, and is not."""
    is_known = name in MACROS or name in RUN_MACROS or name.startswith(ENVVAR)
    return not is_known and not is_parameter(name, names) and bool(re.fullmatch(_NAME, name))


def names_in(params: Mapping[str, JSON], prefix: str = "") -> Iterator[str]:
    """Return the names of all values in a mapping, dotted where nested."""
    for name, value in params.items():
        yield prefix + name
        if isinstance(value, dict):
            yield from names_in(value, f"{prefix}{name}.")


def passes_params(config: SweepConfig) -> bool:
    """Return whether the command has a macro for a parameter, or names a variable that has them."""
    names = [parameter.name for parameter in config.parameters]
    is_open = "search_space" in (config.scheduler or {})  # a function names the parameters
    return passes(config.command, names) or any(
        is_open and re.fullmatch(_NAME, name)
        for element in config.command
        for name in mentioned(element)
    )


def passes(command: Sequence[str], names: Collection[str]) -> bool:
    """Return the same of a command and the names of the parameters."""
    return any(
        name.startswith("args") or is_parameter(name, names)
        for element in command
        for name in mentioned(element)
    ) or any(mark in element for element in command for mark in _WITH_PARAMS)


def odd_in(command: Sequence[str], names: Collection[str]) -> list[tuple[int, int, str]]:
    """Return (index of the element, place in it, name) of each macro that may not be expanded.

    `names` are the parameters' names, dotted where nested. `unknown_macros` says what is wrong.
    """
    return [
        (index, start, name)
        for index, element in enumerate(command)
        for start, name in placed(element)
        if _is_odd(name, names, is_whole=whole(element) is not None)
    ]


def _is_odd(name: str, names: Collection[str], *, is_whole: bool) -> bool:
    if name in LISTS:
        return not is_whole
    if name.startswith(ENVVAR):
        return not re.fullmatch(_VARIABLE, name.removeprefix(ENVVAR))
    return ":" in name or is_unknown(name, names)
