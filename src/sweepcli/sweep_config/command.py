"""The command of a sweep config: its macros, and the argument vector of one run.

Pure: the environment and the interpreter are arguments. There is no shell anywhere: one
element of the command is one argument, except for macros that expand to several. A macro that
is an element of its own means what it means to W&B; inside a longer element W&B would pass it
on unread, here it is expanded where it has exactly one text.
"""

from __future__ import annotations

import json
import os
import shlex
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import env
from sweepcli.errors import ConfigError
from sweepcli.sweep_config import macros
from sweepcli.sweep_config.argument_styles import LISTS, arguments
from sweepcli.sweep_config.macros import ENVVAR, RUN_MACROS, SINGLE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sweepcli.records import JSON, Params

ENV = () if os.name == "nt" else ("/usr/bin/env",)


class _Given(NamedTuple):
    """What macros are expanded from."""

    params: Params
    environ: Mapping[str, str]
    texts: Mapping[str, str | None]  # of macros by their names
    style: str | None


def argv(
    command: Sequence[str],
    params: Params,
    *,
    program: str | None,
    interpreter: str,
    environ: Mapping[str, str],
    own: Mapping[str, str],
    style: str | None = None,
) -> list[str]:
    """Return the argument vector of the run that is given `params`, in their order.

    `own` has what is known when the run starts: the texts of `args_json_file` and of RUN_MACROS;
    `style` is the config's `args_style`.
    Raises ConfigError for a macro that cannot be expanded, or a text that cannot be an argument.
    """
    texts = {"program": program, "interpreter": interpreter, **own}
    given = _Given(params, environ, texts, style)
    elements = [str(element) for element in command]
    if problem := _problem(tuple(elements), tuple(macros.names_in(params))):
        raise ConfigError(problem)
    expanded = [text for element in elements for text in _expand(element, given)]
    for text in expanded:
        if not is_passable(text):
            raise ConfigError(
                f"command: {text!r:.80} cannot be an argument: it holds a NUL character or half "
                "a surrogate pair (pass the values by file: ${args_json_file})"
            )
    return expanded


def uses(command: Sequence[str], macro: str, *, names: Collection[str] = ()) -> bool:
    """Return whether an element mentions `macro`, given as its name without `${` and `}`.

    For one of RUN_MACROS `names` are needed, those of the parameters, dotted where nested: it is no
    macro where a parameter or a group of them has its name.
    """
    if macro in RUN_MACROS and macros.is_parameter(macro, names):
        return False
    return any(macro in macros.mentioned(str(element)) for element in command)


def variables(command: Sequence[str]) -> list[str]:
    """Return the names of the environment variables that the elements ask for."""
    names = (name for element in command for name in macros.mentioned(str(element)))
    found = (name.removeprefix(ENVVAR) for name in names if name.startswith(ENVVAR))
    return list(dict.fromkeys(found))


def withheld(command: Sequence[str]) -> dict[str, str]:
    """Return an environment with which a command is shown: each variable stands as it is written.

    Variables may be secret keys, so what is shown or kept is expanded with these.
    """
    return {name: f"${{{ENVVAR}{name}}}" for name in variables(command)}


def missing_variable(command: Sequence[str], environ: Mapping[str, str]) -> str | None:
    """Return an error for the first variable in the command that is not set."""
    for name in variables(command):
        if name not in environ:
            from sweepcli.sweep_config.problems import closest  # noqa: PLC0415 -- for errors alone

            near = closest(name, environ)
            fix = f"did you mean '${{envvar:{near}}}'?" if near else "set it before `agent` starts"
            if name in env.SET:  # only the run gets it
                fix = "each run has its own: read it in the program"
            return f"command: the environment has no variable {name} ({fix})"
    return None


def display(arguments: Iterable[str]) -> str:
    """Return an argument vector as one line that can be pasted into a shell."""
    return shlex.join(arguments)


def is_passable(text: str) -> bool:
    """Return whether the system can pass `text` to a program, as an argument or a variable."""
    try:
        return b"\0" not in text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False


@lru_cache(maxsize=8)  # the runs of a sweep have the same names
def _problem(elements: tuple[str, ...], names: tuple[str, ...]) -> str | None:
    if not macros.odd_in(elements, names):
        return None
    from sweepcli.sweep_config import unknown_macros  # noqa: PLC0415 -- few commands have any

    found = unknown_macros.problems_of(elements, names)
    return next((f"command: {what} ({fix})" for _, what, fix in found), None)


def _expand(element: str, given: _Given) -> list[str]:
    if (name := macros.whole(element)) is not None:
        return _texts(name, given)
    return [macros.replaced(element, lambda name: "".join(_texts(name, given)))]


def _texts(name: str, given: _Given) -> list[str]:
    if name in LISTS:
        return arguments(name, given.params, given.style)
    if name == "env":
        return list(ENV)
    if name == "args_json":
        return [json.dumps(given.params)]
    if name.startswith(ENVVAR):
        if problem := missing_variable(["${" + name + "}"], given.environ):
            raise ConfigError(problem)
        return [given.environ[name.removeprefix(ENVVAR)]]
    if name not in SINGLE and (found := _find(name, given.params)):
        return [str(found[0])]
    text = given.texts.get(name, "${" + name + "}")
    if text is None:
        raise ConfigError(
            "command: ${program} is used, but the sweep config has no program "
            "(add `program: train.py`, or write the program into the command)"
        )
    return [text]


def _find(name: str, params: JSON) -> list[JSON]:
    """Return the value of a parameter in a list, which is empty if there is none."""
    if not isinstance(params, dict):
        return []
    if name in params:
        return [params[name]]
    # Names may hold dots themselves, so each dot may be the one between two levels.
    cuts = [at for at, character in enumerate(name) if character == "."]
    found = (_find(name[at + 1 :], params.get(name[:at])) for at in cuts)
    return next((value for value in found if value), [])
