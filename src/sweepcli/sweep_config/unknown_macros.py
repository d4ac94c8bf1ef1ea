"""Names in `${…}` that are no macro and no parameter, and macros in the wrong place. Pure.

Hydra has its interpolations and a shell its variables, so inside a longer element a name that is
unknown stays as it is, unless it is clearly one of ours, misspelt.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sweepcli import env
from sweepcli.sweep_config import shell_text, spelling
from sweepcli.sweep_config.argument_styles import LISTS
from sweepcli.sweep_config.macros import (
    ENVVAR,
    MACROS,
    RUN_MACROS,
    is_unknown,
    mentioned,
    odd_in,
    whole,
)
from sweepcli.sweep_config.problems import closest, in_yaml
from sweepcli.sweep_config.starters import is_setting

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sweepcli.sweep_config.macros import Fault

_LIKE_ENVVAR = ("env:", "environ:", "environment:")  # the first is also an old resolver of Hydra's


def problems_of(command: Sequence[str], names: Collection[str]) -> list[Fault]:
    """Return what is wrong with each macro that cannot be used.

    `names` are the parameters' names, dotted where nested. Variables of the environment are
    not looked at: the agent's may differ.
    """
    return [
        (index, *problem)
        for index, start, name in odd_in(command, names)
        if (problem := _problem(name, command, index, start, names))
    ]


def left_alone(command: Sequence[str], names: Collection[str]) -> Iterator[Fault]:
    """Find what looks like a macro inside a longer element and is passed on as it is.

    Variables that a shell's text sets itself are left out.
    """
    for index, element in enumerate(command):
        is_shells = shell_text.is_one(command, index)
        own = shell_text.assigned(element) if is_shells else ()
        named = [name for name in dict.fromkeys(mentioned(element)) if name not in own]
        unknown = [
            name
            for name in named
            if (is_unknown(name, names) and whole(element) is None)
            or (name.startswith(_LIKE_ENVVAR) and not is_shells)
        ]
        if not unknown:
            continue
        listed = ", ".join(f"${{{name}}}" for name in unknown)
        one, many = "is neither a macro nor a parameter", "are neither macros nor parameters"
        effect = "left to the shell" if is_shells else "passed on unchanged"
        fix = _if_meant(unknown[0], names, is_shells=is_shells)
        yield index, f"{listed} {one if len(unknown) == 1 else many}: {effect}", fix


def _problem(
    name: str, command: Sequence[str], index: int, start: int, names: Collection[str]
) -> tuple[str, str] | None:
    macro = f"${{{name}}}"
    if name in LISTS:
        return f"{macro} expands to several arguments", _as_arguments(macro, command, index)
    if name.startswith(ENVVAR):
        return f"{macro} does not name a variable", "write it as in '${envvar:HOME}'"
    is_whole = whole(command[index]) is not None
    hint = _hint(name.strip(), command, index, start, names)
    if hint is None and (":" in name or not is_whole):
        return None
    fix = f"did you mean '${{{hint}}}'?" if hint else "add it to the parameters."
    if hint is None and name.strip().isidentifier():
        fix = f"{as_variable(name.strip())}."
    text = f"{macro} is neither a macro nor a parameter"
    return text, f"{fix} To pass it on as it is, write '$${{{name}}}'"


def _hint(
    word: str, command: Sequence[str], index: int, start: int, names: Collection[str]
) -> str | None:
    """Return what an unknown name was meant to be, None if it may be meant for somebody else."""
    element = command[index]
    kind, colon, rest = re.sub(r"^envvar[-. _](?=\w+$)", ENVVAR, word).partition(":")
    if colon:
        return f"{ENVVAR}{rest}" if spelling.is_slip(kind.lower(), ENVVAR[:-1]) else None
    if whole(element) is not None:
        return closest(word, (*MACROS, *RUN_MACROS, *names))
    if shell_text.is_one(command, index) and _is_set(word, element):
        return None
    return _meant(word, element[:start], names)


def _as_arguments(macro: str, command: Sequence[str], index: int) -> str:
    """Return how a macro for several arguments is passed by an element that is longer."""
    element = command[index]
    if shell_text.is_one(command, index):
        text = shell_text.passing_arguments(element, macro)
        rest = command[index + 1 :] or ["--"]
        given = [] if macro in rest else [macro]
        return f"write {in_yaml([*command[:index], text, *rest, *given])}"
    words = shell_text.words_of(element)
    if words and shell_text.needs_shell(words) and index == 0:
        return _as_arguments(macro, ["bash", "-c", *command], 2)
    if words and is_setting(words[0]) and index == 0:
        words.insert(0, "${env}")
    if macro in words:
        return f"make it an element of its own: {in_yaml(words)[1:-1]}"
    split = [*command[:index], *words]
    if shell_text.is_one(split, len(split) - 1):
        return _as_arguments(macro, [*split, *command[index + 1 :]], len(split) - 1)
    return "make it an element of its own"


def _is_set(name: str, text: str) -> bool:
    """Return whether a shell has a variable of this name, as far as its text shows."""
    return name.isupper() or name in shell_text.assigned(text)


def _meant(name: str, before: str, names: Collection[str]) -> str | None:
    """Return the macro or parameter of which a name is clearly a misspelling."""
    if name == "arg":  # too short for a slip, and no name that anybody gives to a setting
        return "args"
    given = re.search(r"([A-Za-z_][\w.-]*)[=: ] *[\"']?\Z", before)
    flag = given[1].replace("-", "_") if given else ""
    for known in (*MACROS, *RUN_MACROS, *names):
        is_expected = flag in (known, known.rpartition(".")[2])
        if spelling.is_slip(name, known, is_expected=is_expected):
            return known
    return None


def as_variable(name: str) -> str:
    """Return how to pass a variable of the environment."""
    if name in env.SET or name.startswith(env.PARAM_PREFIX):  # which the agent does not have
        return "the run has it as a variable: read it in the program"
    return f"write '${{{ENVVAR}{name}}}' for the variable of the environment"


def _if_meant(name: str, names: Collection[str], *, is_shells: bool) -> str:
    literally = f"'$${{{name}}}'"
    if name.startswith(_LIKE_ENVVAR):
        meant = f"{ENVVAR}{name.partition(':')[2]}"
        return f"did you mean '${{{meant}}}'? If not, write {literally}"
    same = (known for known in names if name.endswith(f".{known}") or known.endswith(f".{name}"))
    near = next(same, None) or closest(name.strip(), (*MACROS, *RUN_MACROS, *names))
    if near:
        return f"did you mean '${{{near}}}'? If not, write {literally}"
    if name.isupper() and not is_shells:
        return f"{as_variable(name)}; if the text is meant, write {literally}"
    return f"if the text is meant, write {literally}"
