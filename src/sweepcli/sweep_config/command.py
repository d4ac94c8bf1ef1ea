"""The command of a sweep config: its macros, and the argument vector of one run.

Pure: the environment and the interpreter are arguments. There is no shell anywhere: one
element of the command is one argument, except for macros that expand to several. A macro that
is an element of its own means what it means to W&B; inside a longer element W&B would pass it
on unread, here it is expanded where it has exactly one text.
"""

from __future__ import annotations

import json
import os
import re
import shlex
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.errors import ConfigError
from sweepcli.sweep_config.argument_styles import LISTS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from sweepcli.records import JSON, Params

ENV = () if os.name == "nt" else ("/usr/bin/env",)

SINGLE = ("env", "interpreter", "program", "args_json", "args_json_file")
MACROS = (*LISTS, *SINGLE)
# Ours, where W&B has none: a parameter of that name is meant before them.
RUN_MACROS = ("slot", "gpu", "port", "checkpoint_dir", "run_dir")

_ENVVAR = "envvar:"
# `${{x}}`, `$x`, `$(x)` and a brace that is never closed are no macros.
_MACRO = re.compile(r"\$\{([^${}]*)\}")
# What else may be a macro or a parameter; `${1}`, `${x:-y}` and the like are left to shells.
_NAME = re.compile(r" *[A-Za-z_][A-Za-z0-9_.-]* *")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class _Given(NamedTuple):
    """What macros are expanded from."""

    params: Params
    environ: Mapping[str, str]
    texts: Mapping[str, str | None]  # of macros by their names


def argv(
    command: Sequence[str],
    params: Params,
    *,
    program: str | None,
    interpreter: str,
    environ: Mapping[str, str],
    own: Mapping[str, str],
) -> list[str]:
    """Return the argument vector of the run that is given `params`, in their order.

    `own` has what is known when the run starts: the texts of `args_json_file` and of RUN_MACROS.
    Raises ConfigError for a macro that cannot be expanded, or a text that cannot be an argument.
    """
    given = _Given(params, environ, {"program": program, "interpreter": interpreter, **own})
    texts = [text for element in command for text in _expand(str(element), given)]
    for text in texts:
        if not is_passable(text):
            raise ConfigError(
                f"command: {text!r:.80} cannot be an argument: it holds a NUL character or half "
                "a surrogate pair (pass the values by file: ${args_json_file})"
            )
    return texts


def problems_of(
    command: Sequence[str], names: Collection[str]
) -> list[tuple[int, str, str | None]]:
    """Return (index of the element, what is wrong, fix) for each macro that cannot be used.

    `names` are the parameters' names, dotted where nested. Variables of the environment are
    not looked at: the agent's may differ.
    """
    return [
        (index, *problem)
        for index, text in enumerate(command)
        for name in _MACRO.findall(text)
        if (problem := _problem(name, text, names))
    ]


def ambiguities_of(command: Sequence[str], names: Collection[str]) -> list[tuple[int, str, str]]:
    """Return the same for each macro that hides a parameter which seems to be meant.

    An element of its own is W&B's macro: `${env}` with a parameter `env` is fine, unless
    it follows a flag of that name.
    """
    fix = "rename the parameter, or use '${args}'"
    return [
        (index, f"${{{name}}} is the macro, not the parameter {name}", fix)
        for index, text in enumerate(command)
        for name in _MACRO.findall(text)
        if name in MACROS and name in names
        if text != f"${{{name}}}" or _is_flag(name, command[index - 1] if index else "")
    ]


def uses(command: Sequence[str], macro: str, *, names: Collection[str] = ()) -> bool:
    """Return whether an element mentions `macro`, given as its name without `${` and `}`.

    For one of RUN_MACROS `names` are needed, those of the parameters, dotted where nested: it is no
    macro where a parameter or a group of them has its name.
    """
    if macro in RUN_MACROS and _is_parameter(macro, names):
        return False
    return any(macro in _MACRO.findall(str(element)) for element in command)


def variables(command: Sequence[str]) -> list[str]:
    """Return the names of the environment variables that the elements ask for."""
    macros = (name for element in command for name in _MACRO.findall(str(element)))
    found = (name.removeprefix(_ENVVAR) for name in macros if name.startswith(_ENVVAR))
    return list(dict.fromkeys(found))


def withheld(command: Sequence[str]) -> dict[str, str]:
    """Return an environment with which a command is shown: each variable stands as it is written.

    Variables may be secret keys, so what is shown or kept is expanded with these.
    """
    return {name: f"${{{_ENVVAR}{name}}}" for name in variables(command)}


def missing_variable(command: Sequence[str], environ: Mapping[str, str]) -> str | None:
    """Return an error for the first variable in the command that is not set."""
    for name in variables(command):
        if name not in environ:
            near = _nearest(name, environ)
            fix = f"did you mean '${{envvar:{near}}}'?" if near else "set it before `agent` starts"
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


def _expand(element: str, given: _Given) -> list[str]:
    for name in _MACRO.findall(element):
        problem = _problem(name, element, list(_names(given.params)))
        if problem:
            raise ConfigError(f"command: {problem[0]} ({problem[1]})")
    whole = _MACRO.fullmatch(element)
    if whole:
        return _texts(whole[1], given)
    # One pass, so what a value holds is never taken for a macro.
    return [_MACRO.sub(lambda found: "".join(_texts(found[1], given)), element)]


def _texts(name: str, given: _Given) -> list[str]:
    if name in LISTS:
        return LISTS[name](given.params)
    if name == "env":
        return list(ENV)
    if name == "args_json":
        return [json.dumps(given.params)]
    if name.startswith(_ENVVAR):
        if problem := missing_variable(["${" + name + "}"], given.environ):
            raise ConfigError(problem)
        return [given.environ[name.removeprefix(_ENVVAR)]]
    if name not in SINGLE and (found := _find(name, given.params)):
        return [str(found[0])]
    text = given.texts.get(name, "${" + name + "}")
    if text is None:
        raise ConfigError(
            "command: ${program} is used, but the sweep config has no program "
            "(add `program: train.py`, or write the program into the command)"
        )
    return [text]


def _problem(name: str, element: str, names: Collection[str]) -> tuple[str, str] | None:
    macro = f"${{{name}}}"
    if name in LISTS:
        if element == macro:
            return None
        return f"{macro} expands to several arguments", "make it an element of its own"
    if name.startswith(_ENVVAR):
        if _VARIABLE.fullmatch(name.removeprefix(_ENVVAR)):
            return None
        return f"{macro} does not name a variable", "write it as in '${envvar:HOME}'"
    if name in SINGLE or name in RUN_MACROS or _is_parameter(name, names):
        return None
    return _unknown(name, names) if _NAME.fullmatch(name) else None


def _is_parameter(name: str, names: Collection[str]) -> bool:
    """Return whether a name is that of a parameter, or of a group of them."""
    return name in names or any(other.startswith(name + ".") for other in names)


def _unknown(name: str, names: Collection[str]) -> tuple[str, str]:
    what = f"${{{name}}} is neither a macro nor a parameter"
    hint = _nearest(name.strip(), (*MACROS, *RUN_MACROS, *names))
    if hint:
        return what, f"did you mean '${{{hint}}}'?"
    return what, f"write '${{envvar:{name.strip()}}}' for a variable, '${name.strip()}' for a shell"


def _is_flag(name: str, element: str) -> bool:
    return element.startswith("-") and element.lstrip("-") == name


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


def _names(params: Mapping[str, JSON], prefix: str = "") -> Iterator[str]:
    for name, value in params.items():
        yield prefix + name
        if isinstance(value, dict):
            yield from _names(value, f"{prefix}{name}.")


def _nearest(word: str, words: Iterable[str]) -> str | None:
    from sweepcli.sweep_config.problems import closest  # noqa: PLC0415 -- for error messages alone

    return closest(word, words)
