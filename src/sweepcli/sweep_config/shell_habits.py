"""What people write in a command as if a shell read it, and what to write instead. Pure.

An element is one argument, so most of this goes wrong only when the runs fail. Where an element
may be meant as it is (a sentence after a flag, a text after `-c`) nothing is said.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from sweepcli import commands
from sweepcli.sweep_config import macros, several_words, shell_text
from sweepcli.sweep_config.argument_styles import LISTS
from sweepcli.sweep_config.problems import in_yaml, quoted, quoted_shown
from sweepcli.sweep_config.several_words import FLAG, TAKES_A_LINE
from sweepcli.sweep_config.starters import SHELLS, has_env, is_first, is_setting, name_of
from sweepcli.sweep_config.unknown_macros import as_variable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sweepcli.sweep_config.macros import Fault
    from sweepcli.sweep_config.several_words import Advice

# What hands a line to a shell, and what reads programs in a language of its own.
_TAKE_LINES = {"ssh", "parallel", "tmux", "screen", "watch", "cmd", "powershell", "pwsh"}
_LANGUAGES = {"awk", "gawk", "mawk", "sed", "jq"}
_LANGUAGES_BY_FLAG = {"perl", "ruby", "php", "lua", "node", "Rscript", "julia", "octave", "matlab"}
_TAKES_CODE = re.compile(r"-[A-Za-z]*[er]|--?(eval|execute|batch)")
_NAME = r"([A-Za-z_][\w.-]*)"
# `{lr}`, `{{lr}}`, `${{lr}}`, `#{lr}`, `$(lr)`, `$[lr]`, `%lr%`, `${lr`, `$ {lr}`; `$lr` may be
# part of a text.
_LOOKALIKE = re.compile(
    rf"(?:--?[\w.-]+=)?(?:(?:[#@]?\{{|\$?\{{\{{) *{_NAME} *\}}\}}?"
    rf"|\$[(\[] *{_NAME} *[)\]]|%{_NAME}%|\$\{{ *{_NAME} *[)\]]?|\$ +\{{{_NAME}\}})"
)
_VARIABLE = re.compile(r"(?<![$\\])\$([A-Za-z_]\w*)")
_IN_SHELL = re.compile(r"(?:(?<=\s)|(?<==))\{([A-Za-z_][\w.-]*)\}(?!\S)")
_ARGUMENTS = re.compile(r"\$\{?[@*1-9]|\b(shift|getopts)\b|\bfor \w+ *[;\n] *do\b")


def advice(command: Sequence[str], names: Collection[str]) -> Iterator[Fault]:
    """Say what is odd about each element; `names` are the parameters' names."""
    if any(name_of(element) in _TAKE_LINES for element in command):
        return
    for index in range(len(command)):
        if said := _of_element(command, index, names):
            yield index, *said


def of_path(program: str) -> Advice:
    """Say what is odd about a program that is one word."""
    return _quotes(program) or _space(program, "") or _place(program)


def lookalike(element: str, names: Collection[str]) -> str | None:
    """Return what to write for an element that looks like a macro and is none."""
    found = _LOOKALIKE.fullmatch(element)
    written = [*filter(None, found.groups() if found else ()), *_VARIABLE.findall(element)]
    known = {name.lower(): name for name in (*names, *macros.RUN_MACROS, *macros.MACROS)}
    for name in written:
        if name.lower() in known:
            return f"did you mean '${{{known[name.lower()]}}}'?"
    return None


def _of_element(command: Sequence[str], index: int, names: Collection[str]) -> Advice:
    element, before = command[index], command[index - 1] if index else ""
    if shell_text.is_one(command, index):
        return _in_shell_text(element, names) or _behind_shell_text(command, index)
    if TAKES_A_LINE.fullmatch(before) or _is_code(command, index):
        return None
    return (
        _operator(command, index)
        or _unexpanded(element, names)
        or several_words.of_element(command, index)
        or _setting(command, index)
        or _space(element, before)
        or (None if before == "--gpus" else _quotes(element))  # docker needs those
        or _variable(element)
        or _home(command, index)
        or _empty(command, index)
    )


def _is_code(command: Sequence[str], index: int) -> bool:
    """Return whether an element is a program in a language other than a shell's."""
    before = {name_of(element) for element in command[:index]}
    if " " in command[index] and before & _LANGUAGES:
        return True
    is_flagged = index > 0 and _TAKES_CODE.fullmatch(command[index - 1])
    return bool(is_flagged and before & _LANGUAGES_BY_FLAG)


def _in_shell_text(text: str, names: Collection[str]) -> Advice:
    own = shell_text.assigned(text)
    for name in _VARIABLE.findall(text):
        if name not in own and (name in macros.MACROS or macros.is_parameter(name, names)):
            what = f"the shell has no variable ${name}, unless something sets it"
            several = 'write "$@" and give \'${' + name + "}' after the text"
            return what, several if name in LISTS else f"did you mean '${{{name}}}'?"
    has_code = "<<" in text or " -c" in text
    for found in () if has_code else _IN_SHELL.finditer(text):
        if meant := lookalike(found[0], names):
            return f"{found[0]} is passed on unchanged", meant
    return None


def _behind_shell_text(command: Sequence[str], index: int) -> Advice:
    """Say so if a shell gets arguments that its text does not use."""
    text, behind = command[index], command[index + 1 :]
    given = [element for element in behind if macros.mentioned(element)]
    if not given or re.search(r"\$\{?0|BASH_ARGV", text):
        return None
    is_unused, is_lost = not _ARGUMENTS.search(text), behind[0] == given[0]
    if not is_unused and not is_lost:
        return None
    what = f"the first argument of {given[0]} becomes the shell's own name, and is lost"
    if is_unused:
        what = f"the shell gets {given[0]}, and its text does not use it"
        text = shell_text.with_arguments(text)
    own = () if behind[0] in ("--", "_", *SHELLS) else ("--",)
    return what, f"write {in_yaml([*command[:index], text, *own, *behind])}"


def _operator(command: Sequence[str], index: int) -> Advice:
    is_value = index > 0 and FLAG.fullmatch(command[index - 1])
    if is_value or _operator_of(command[index]) is None:
        return None
    if any(map(_operator_of, command[:index])):  # which the first one's text has
        return None
    operator, before, behind = command[index], command[:index], command[index + 1 :]
    text = f"there is no shell: `{operator}` is passed on as an argument"
    if operator == "&" and not behind:
        return text, f"remove it: `{commands.line('agent -j 4')}` has four runs at a time"
    if operator == ";" and (not behind or "-exec" in before):  # of `find`
        return None
    if operator in ("&&", ";"):
        line, rest = f'{shlex.join(before)} {operator} exec "$@"', behind
    else:
        ends = "set -o pipefail; " if "|" in map(_operator_of, command) else ""
        line, rest = f'{ends}"$@" {" ".join(command[index:])}', before
    several = any(name in LISTS for name in macros.mentioned(line))
    return text, (
        "have one run it" if several else f"write {in_yaml(['bash', '-c', line, '--', *rest])}"
    )


def _operator_of(element: str) -> str | None:
    """Return the operator that an element is, or begins with."""
    first, *more = element.split() or [""]
    is_short = len(more) < 2 or first in ("|", "&&", "||")
    return first if is_short and shell_text.is_operator(first) else None


def _unexpanded(element: str, names: Collection[str]) -> Advice:
    meant = lookalike(element, names)
    return (f"{quoted_shown(element)} is passed on unchanged", meant) if meant else None


def _setting(command: Sequence[str], index: int) -> Advice:
    element = command[index]
    if not is_setting(element) or not is_first(command, index):
        return None
    if has_env(command[:index]):
        return None
    return f"{quoted_shown(element)} is taken for the program: there is no shell to set it", (
        "write '${env}' before it"
    )


def _space(element: str, before: str) -> Advice:
    bare = element.strip(" ")
    if bare in ("", element) or "\n" in bare or FLAG.fullmatch(before):
        return None
    return f"{quoted_shown(element)} begins or ends with a space", f"write {quoted(bare)}"


def _quotes(element: str) -> Advice:
    found = re.fullmatch(r"(--?[\w.-]+=)?([\"'])((?:(?!\2).)+)\2", element)
    if found is None:
        return None
    fix = f"write {quoted((found[1] or '') + found[3])}"
    return f"there is no shell: the quotes in {quoted_shown(element)} reach the program", fix


def _place(program: str) -> Advice:
    """Say so if a program is a path that a shell would have to expand."""
    if not re.match(r"~/|.*\$\{?[A-Za-z_]", program):
        return None
    return (
        f"{quoted_shown(program)} is taken for the file's name: nothing expands it",
        "write its path",
    )


def _variable(element: str) -> Advice:
    if TAKES_A_LINE.fullmatch(element.partition("=")[0]):
        return None
    for name in _VARIABLE.findall(element):
        if name.isupper():
            return f"there is no shell to expand ${name}", as_variable(name)
    if re.search(r"(?<!\$)\$\([^()]+\)|(?:^|=)`[^`]+`$", element):
        fix = "have a shell run it: write 'bash', '-c' and the whole text as three elements"
        return f"there is no shell to expand {quoted_shown(element)}", fix
    return None


def _home(command: Sequence[str], index: int) -> Advice:
    element = command[index]
    if not element.startswith("~/") or not is_first(command, index):
        return None
    fix = f"write {quoted('${envvar:HOME}' + element[1:])}"
    return f"there is no shell to expand {quoted_shown(element)}", fix


def _empty(command: Sequence[str], index: int) -> Advice:
    """Say so if an option's value has become an argument of its own."""
    element, *behind = command[index : index + 2]
    if not re.fullmatch(r"--?[A-Za-z][\w.-]*=", element) or not behind:
        return None
    if macros.whole(behind[0]) in (None, *LISTS):
        return None
    return f"{quoted_shown(element)} is given without a value", f"write '{element}{behind[0]}'"
