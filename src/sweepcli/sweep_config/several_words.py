"""Elements, and programs, that were meant as several arguments. Pure."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from sweepcli.sweep_config import macros, shell_text
from sweepcli.sweep_config.argument_styles import LISTS
from sweepcli.sweep_config.problems import in_yaml, quoted_shown
from sweepcli.sweep_config.starters import has_env, is_first, is_python, is_setting, starts_another

if TYPE_CHECKING:
    from collections.abc import Sequence

    Advice = tuple[str, str] | None  # what is odd, fix

FLAG = re.compile(r"--?[A-Za-z][\w.-]*")
TAKES_A_LINE = re.compile(
    r"-[A-Za-z]*c|--?[\w-]*(args?|opts?|options|flags|cmd|command|wrap|extra|overrides|params)"
)


def of_program(program: str, command: Sequence[str]) -> Advice:
    """Say so if a program is a whole line, and write the command that it would need."""
    words = shell_text.words_of(program)
    is_split = all(
        shell_text.is_one(command, index)
        for index, element in enumerate(command)
        if "program" in macros.mentioned(element)
    )
    if is_split or not words:
        return None
    settings = list(itertools.takewhile(is_setting, words))
    rest = words[len(settings) :]
    is_line = _is_line(rest) or bool(settings and rest) or FLAG.fullmatch(words[0])
    if len(words) < 2 or not (is_line or shell_text.needs_shell(words)):
        return None
    text = f"{quoted_shown(program)} is one argument: there is no shell to split it"
    return text, f"write `command: {in_yaml(_as_command(program, words, command))}`"


def _as_command(program: str, words: list[str], command: Sequence[str]) -> list[str]:
    """Return the command in which the words of a program are elements."""
    if shell_text.needs_shell(words):
        behind = [other for other in command if macros.whole(other) in LISTS]
        return ["bash", "-c", shell_text.with_arguments(program), "--", *behind]
    made: list[str] = []
    for element in command:
        if macros.whole(element) != "program":
            made.append(element)
            continue
        starters = [at for at, other in enumerate(made) if is_python(other)]
        if starters and (starts_another(words[0]) or is_setting(words[0])):
            del made[starters[-1] :]  # it is no script of theirs
        made += [word for word in words if macros.whole(word) not in LISTS]
    is_set = is_setting(made[0])
    return ["${env}", *made] if is_set else made


def of_element(command: Sequence[str], index: int) -> Advice:
    element = command[index]
    words = shell_text.words_of(element)
    is_text = "\n" in element.strip() and not is_first(command, index)
    if len(words) < 2 or is_text or not _are_arguments(words, command, index):
        return None
    text = f"{quoted_shown(element)} is one argument: there is no shell to split it"
    if shell_text.needs_shell(words):
        made = ["bash", "-c", shell_text.with_arguments(element), "--", *command[index + 1 :]]
        return text, f"write {in_yaml([*command[:index], *made])}"
    if is_setting(words[0]) and is_first(command, index) and not has_env(command[:index]):
        words.insert(0, "env")
    return text, f"one argument each: write {', '.join(f'`{word}`' for word in words)}"


def _are_arguments(words: list[str], command: Sequence[str], index: int) -> bool:
    """Return whether words are clearly several arguments, and no text with spaces."""
    element, before = command[index], command[index - 1] if index else ""
    if is_first(command, index):
        return _are_of_program(words, element, is_set=has_env(command[:index]))
    first, second = words[:2]
    if FLAG.fullmatch(first):
        return True
    if FLAG.match(first) and "=" in first:
        flag = first.partition("=")[0]
        return bool(re.match(r"--[A-Za-z]", second)) and not TAKES_A_LINE.fullmatch(flag)
    is_script = first.endswith((".py", ".sh")) or first in ("${program}", "${interpreter}")
    if is_script and any(map(FLAG.match, words[1:])):
        return True
    if FLAG.fullmatch(before):  # the flag's value
        return False
    overrides = all(re.fullmatch(r"[+~]*[A-Za-z_][\w.@/]*=\S*", word) for word in words)
    return is_script or overrides or _is_line(words)


def _are_of_program(words: list[str], element: str, *, is_set: bool) -> bool:
    """Return whether words where the program is named are it and its arguments, and no path."""
    first, *rest = words
    if is_setting(first) and is_set:  # whose value may have spaces
        return any(is_setting(word) or _names_program(word) for word in rest)
    is_path = "\\" in element or ("/" in first and any("/" in word for word in rest))
    return not is_path or any(map(FLAG.match, words))


def _is_line(words: list[str]) -> bool:
    """Return whether words are a program with its arguments."""
    first, *rest = words or [""]
    if not re.fullmatch(r"[\w./${}+-]+", first):
        return False
    is_script = first.endswith((".py", ".sh"))
    has_script = any(map(_names_program, rest))
    return is_script or any(map(FLAG.match, rest)) or (starts_another(first) and has_script)


def _names_program(word: str) -> bool:
    return word == "${program}" or word.endswith((".py", ".sh")) or starts_another(word)
