"""Texts that a shell reads, such as the element after `bash -c`. Pure."""

from __future__ import annotations

import re
import shlex
from itertools import pairwise
from typing import TYPE_CHECKING

from sweepcli.sweep_config.starters import SHELLS

if TYPE_CHECKING:
    from collections.abc import Sequence

# Words after which a command begins, and words whose arguments are variables to be set.
_BEGINNINGS = {*";&|(){}\n", "do", "then", "else", "if", "while", "until", "!", "time", "env"}
_SETTERS = {
    *("export", "local", "declare", "readonly", "typeset", "read", "for", "select"),
    *("let", "mapfile", "readarray", "getopts"),
}
_BUILT_IN = (".", "source", "eval", "cd", "export", "set", "ulimit", "unset", "wait", "command")
_OPERATOR = re.compile(r"&&|\|\|?|;|&|\d?>{1,2}\S*|&>\S*|<|2>&1")
_BLOCKS = r"\b(for|while|until|if|case|select|exec)\b"


def is_one(command: Sequence[str], index: int) -> bool:
    """Return whether a shell reads an element as its commands."""
    before = command[:index]
    if before and before[-1] == "--":
        before = before[:-1]
    if not before or not re.fullmatch(r"-[aefhilnuvx]*c[aefhilnuvx]*", before[-1]):
        return False
    shells = [at for at, element in enumerate(before) if re.split(r"[\s/]", element)[-1] in SHELLS]
    if not shells:
        return False
    if before[shells[-1] - 1] == "--entrypoint":
        return True
    # Options, and what follows `-o`; a word in between would be a script, with a `-c` of its own.
    return all(
        word[:1] in ("-", "+") or (above[:1] in ("-", "+") and above[-1:] in ("o", "O"))
        for above, word in pairwise(before[shells[-1] :])
    )


def assigned(text: str) -> set[str]:
    """Return the variables that a shell's text sets itself."""
    found = set[str]()
    begins, sets = True, False
    for word in re.findall(r"[;&|(){}\n]|[^\s;&|(){}]+", text):
        variable = re.match(r"([A-Za-z_]\w*)(\+?=|\Z)", word)
        if word in _BEGINNINGS:
            begins, sets = True, False
        elif word == "in":  # of `for x in`
            sets = False
        elif begins and word in _SETTERS:
            begins, sets = False, True
        elif variable and (sets or (begins and variable[2])):
            found.add(variable[1])  # what follows an assignment may be another one
        else:
            begins = False
            sets = sets and word.startswith("-")
    return found


def carries(text: str, at: int, value: str) -> bool:
    """Return whether a value that is put into a shell's text stays one word, as it is."""
    quote = ""
    for found in re.finditer(r"\\.|['\"]", text[:at], re.DOTALL):
        if found[0] == quote:
            quote = ""
        elif not quote and len(found[0]) == 1:
            quote = found[0]
    special = {"": " \t\n'\"$`\\|&;<>()*?[{#~", "'": "'", '"': '"$`\\'}[quote]
    return bool(value or quote) and not set(value) & set(special)


def words_of(text: str) -> list[str]:
    """Return the words that a shell would make of a text."""
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def passing_arguments(text: str, macro: str) -> str:
    """Return the text with the shell's own arguments in the place of a macro.

    The program takes the shell's place if it comes last, so that signals reach it.
    """
    parts = re.fullmatch(r"(.*(?:&&|;|\n)\s*)?([\w./${}-]+) ([^&|;\n]*\n?)", text, re.DOTALL)
    is_program = parts and macro in parts[3] and parts[2] not in _BUILT_IN
    if parts and is_program and not re.search(_BLOCKS, text):
        text = f"{parts[1] or ''}exec {parts[2]} {parts[3]}"
    return re.sub(f"[\"']?{re.escape(macro)}[\"']?", '"$@"', text)


def is_operator(word: str) -> bool:
    """Return whether a word is an operator of a shell: `&&`, `|`, `2>&1`, `>log`."""
    return _OPERATOR.fullmatch(word) is not None


def needs_shell(words: Sequence[str]) -> bool:
    """Return whether only a shell can run these words."""
    return words[0] in _BUILT_IN or any(map(is_operator, words))


def with_arguments(text: str) -> str:
    """Return the text with the shell's own arguments behind its last command."""
    last = re.split(r"&&|;", text)[-1].split()
    is_ready = not last or last[0] in _BUILT_IN
    macro = "${args}"
    behind = f" && exec {macro}" if is_ready else f" {macro}"
    return passing_arguments(text.rstrip("&; ") + behind, macro)
