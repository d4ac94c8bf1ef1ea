"""What people write in a command as if a shell read it, and what to write instead. Pure.

An element is one argument, so most of this goes wrong only when the runs fail. Where an element
may be meant as it is (a sentence after a flag, a text after `-c`) nothing is said.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sweepcli.sweep_config import macros, shell_text
from sweepcli.sweep_config.argument_styles import LISTS
from sweepcli.sweep_config.problems import SHOWN
from sweepcli.sweep_config.unknown_macros import as_variable, in_yaml

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sweepcli.sweep_config.macros import Fault

    Advice = tuple[str, str] | None  # what is odd, fix

# Programs that start another one, and words with which some of them do.
_STARTERS = {
    *("accelerate", "apptainer", "bash", "composer", "conda", "deepspeed", "docker", "env"),
    *("exec", "hatch", "horovodrun", "java", "julia", "launch", "mamba", "micromamba", "mpiexec"),
    *("mpirun", "nice", "node", "nohup", "numactl", "pdm", "pipenv", "pixi", "poetry", "ray"),
    *("Rscript", "run", "sh", "singularity", "srun", "sudo", "taskset", "time", "timeout"),
    *("torchrun", "uv", "xvfb-run", "zsh"),
}
_FLAG = re.compile(r"--?[A-Za-z][\w.-]*")
_TAKES_A_LINE = re.compile(
    r"-[A-Za-z]*c|--?[\w-]*(args?|opts?|options|flags|cmd|command|wrap|extra|overrides|params)"
)
_NAME = r"([A-Za-z_][\w.-]*)"
# `{lr}`, `{{lr}}`, `${{lr}}`, `#{lr}`, `$(lr)`, `$[lr]`, `%lr%`, `${lr`, `$ {lr}`; `$lr` may be
# part of a text.
_LOOKALIKE = re.compile(
    rf"(?:--?[\w.-]+=)?(?:(?:[#@]?\{{|\$?\{{\{{) *{_NAME} *\}}\}}?"
    rf"|\$[(\[] *{_NAME} *[)\]]|%{_NAME}%|\$\{{ *{_NAME} *[)\]]?|\$ +\{{{_NAME}\}})"
)
_VARIABLE = re.compile(r"(?<![$\\])\$([A-Za-z_]\w*)")
_OPERATOR = re.compile(r"&&|\|\|?|;|&|\d?>{1,2}\S*|&>\S*|<|2>&1")


def advice(command: Sequence[str], names: Collection[str]) -> Iterator[Fault]:
    """Say what is odd about each element; `names` are the parameters' names."""
    if any(_base(element) == "ssh" for element in command):
        return  # another machine's shell reads them
    for index in range(len(command)):
        if said := _of_element(command, index, names):
            yield index, *said


def of_program(program: str, command: Sequence[str]) -> Advice:
    """Say so if a program is a whole line, and write the command that it would need."""
    words = shell_text.words_of(program)
    is_split = all(
        shell_text.is_one(command, index)
        for index, element in enumerate(command)
        if "program" in macros.mentioned(element)
    )
    if is_split or len(words) < 2 or not (_is_line(words) or _FLAG.fullmatch(words[0])):
        return None
    made: list[str] = []
    for element in command:
        if macros.whole(element) != "program":
            made.append(element)
            continue
        starters = [at for at, other in enumerate(made) if _is_python(other)]
        if _starts(words[0]) and starters:  # it is no script of theirs
            del made[starters[-1] :]
        made += words
    text = f"{_shown(program)} is one argument: there is no shell to split it"
    return text, f"write `command: {in_yaml(made)}`"


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
        return _in_shell_text(element, names)
    if _TAKES_A_LINE.fullmatch(before):
        return None
    return (
        _operator(command, index)
        or _unexpanded(element, names)
        or _words(command, index)
        or _setting(command, index)
        or _space(element, before)
        or _quotes(element)
        or _variable(element)
    )


def _in_shell_text(text: str, names: Collection[str]) -> Advice:
    own = shell_text.assigned(text)
    for name in _VARIABLE.findall(text):
        if name not in own and (name in macros.MACROS or macros.is_parameter(name, names)):
            what = f"the shell has no variable ${name}, unless something sets it"
            several = 'write "$@" and give \'${' + name + "}' after the text"
            return what, several if name in LISTS else f"did you mean '${{{name}}}'?"
    return None


def _operator(command: Sequence[str], index: int) -> Advice:
    element = command[index]
    is_value = index > 0 and _FLAG.fullmatch(command[index - 1])
    is_first = not any(map(_OPERATOR.fullmatch, command[:index]))
    if is_value or not is_first or not _OPERATOR.fullmatch(element):
        return None
    if element in ("&&", ";"):
        text, rest = f'{" ".join(command[:index])} {element} exec "$@"', command[index + 1 :]
    else:
        text, rest = f'"$@" {" ".join(command[index:])}', command[:index]
    several = any(name in LISTS for name in macros.mentioned(text))
    fix = "have one run it" if several else f"write {in_yaml(['bash', '-c', text, '--', *rest])}"
    return f"there is no shell: `{element}` is passed on as an argument", fix


def _unexpanded(element: str, names: Collection[str]) -> Advice:
    meant = lookalike(element, names)
    return (f"{_shown(element)} is passed on unchanged", meant) if meant else None


def _words(command: Sequence[str], index: int) -> Advice:
    element = command[index]
    words = shell_text.words_of(element)
    is_text = "\n" in element.strip() and not _is_first(command, index)
    if len(words) < 2 or is_text or not _are_arguments(words, command, index):
        return None
    if re.fullmatch(r"[A-Za-z_]\w*=\S*", words[0]) and _is_first(command, index):
        words.insert(0, "env")
    text = f"{_shown(element)} is one argument: there is no shell to split it"
    return text, f"one argument each: write {', '.join(f'`{word}`' for word in words)}"


def _are_arguments(words: list[str], command: Sequence[str], index: int) -> bool:
    """Return whether words are clearly several arguments, and no text with spaces."""
    element, before = command[index], command[index - 1] if index else ""
    first, second = words[:2]
    if _is_first(command, index):
        is_path = "\\" in element or ("/" in first and any("/" in word for word in words[1:]))
        return not is_path or any(map(_FLAG.match, words))
    if _FLAG.fullmatch(first):
        return True
    if _FLAG.match(first) and "=" in first:
        flag = first.partition("=")[0]
        return bool(re.match(r"--[A-Za-z]", second)) and not _TAKES_A_LINE.fullmatch(flag)
    is_script = first.endswith((".py", ".sh")) or first in ("${program}", "${interpreter}")
    if is_script and any(map(_FLAG.match, words[1:])):
        return True
    if _FLAG.fullmatch(before):  # the flag's value
        return False
    overrides = all(re.fullmatch(r"[+~]*[A-Za-z_][\w.@/]*=\S*", word) for word in words)
    return is_script or overrides or _is_line(words)


def _is_line(words: list[str]) -> bool:
    """Return whether words are a program with its arguments."""
    first, *rest = words
    if not re.fullmatch(r"[\w./${}+-]+", first):
        return False
    is_script = first.endswith((".py", ".sh"))
    has_script = any(word.endswith((".py", ".sh")) or _starts(word) for word in rest)
    return is_script or any(map(_FLAG.match, rest)) or (_starts(first) and has_script)


def _setting(command: Sequence[str], index: int) -> Advice:
    element = command[index]
    if not re.fullmatch(r"[A-Za-z_]\w*=.*", element) or not _is_first(command, index):
        return None
    if any(macros.whole(other) == "env" or _base(other) == "env" for other in command[:index]):
        return None
    return f"{_shown(element)} is taken for the program: there is no shell to set it", (
        "write '${env}' before it"
    )


def _space(element: str, before: str) -> Advice:
    bare = element.strip(" ")
    if bare in ("", element) or "\n" in bare or _FLAG.fullmatch(before):
        return None
    return f"{_shown(element)} begins or ends with a space", f"write {in_yaml([bare])[1:-1]}"


def _quotes(element: str) -> Advice:
    found = re.fullmatch(r"(--?[\w.-]+=)?([\"'])((?:(?!\2).)+)\2", element)
    if found is None:
        return None
    fix = f"write {in_yaml([(found[1] or '') + found[3]])[1:-1]}"
    return f"there is no shell: the quotes in {_shown(element)} reach the program", fix


def _variable(element: str) -> Advice:
    for name in _VARIABLE.findall(element):
        if name.isupper():
            return f"there is no shell to expand ${name}", as_variable(name)
    if re.search(r"(?<!\$)\$\([^()]+\)", element):
        fix = "have a shell run it: write 'bash', '-c' and the whole text as three elements"
        return f"there is no shell to expand {_shown(element)}", fix
    return None


def _is_first(command: Sequence[str], index: int) -> bool:
    """Return whether an element stands where the program is named."""
    return all(
        macros.whole(element) == "env" or _base(element) == "env" or "=" in element
        for element in command[:index]
    )


def _base(word: str) -> str:
    return word.rpartition("/")[2]


def _starts(word: str) -> bool:
    """Return whether a word is a program that starts another one."""
    return _base(word) in _STARTERS or _is_python(word)


def _is_python(word: str) -> bool:
    return word == "${interpreter}" or bool(re.fullmatch(r"python[\d.]*", _base(word)))


def _shown(text: str) -> str:
    """Return a text for a message, quoted as one would write it in YAML."""
    return in_yaml([text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."])[1:-1]
