"""Programs that start another one, which stands behind them on the command line. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

CONTAINERS = ("docker", "podman", "singularity", "apptainer")
SHELLS = ("sh", "bash", "zsh", "dash", "ksh")
# With words that some of them have before it.
_STARTERS = {
    *("accelerate", "apptainer", "composer", "conda", "coverage", "deepspeed", "docker", "env"),
    *("exec", "hatch", "horovodrun", "ipython", "java", "julia", "launch", "mamba", "micromamba"),
    *("mpiexec", "mpirun", "nice", "node", "nohup", "numactl", "pdm", "pipenv", "pixi", "poetry"),
    *("ray", "Rscript", "run", "singularity", "srun", "stdbuf", "sudo", "taskset", "time"),
    *("timeout", "torchrun", "uv", "xvfb-run", *SHELLS),
}

_EXECUTES = re.compile(r"-[a-zBEIOPR]*([cm])")  # options of a Python or shell
_TAKES_A_WORD = re.compile(r"-[WX]|[-+][a-z]*o|--(rcfile|init-file|check-hash-based-pycs)")


def name_of(word: str) -> str:
    """Return the name of the program at a path."""
    return word.rpartition("/")[2]


def starts_another(word: str) -> bool:
    """Return whether a word is a program that starts another one."""
    return name_of(word) in _STARTERS or is_python(word)


def is_python(word: str) -> bool:
    """Return whether a word is a Python."""
    return word == "${interpreter}" or bool(re.fullmatch(r"(python|pypy)[\d.]*", name_of(word)))


def executed(words: Sequence[str], at: int) -> tuple[str, int]:
    """Return what a Python or shell at a place executes, and where that stands.

    It is `m` for a module, `c` for a text that is a program, and empty for a file or folder.
    """
    place = at + 1
    while place < len(words) and words[place].startswith(("-", "+")):
        if found := _EXECUTES.fullmatch(words[place]):
            return found[1], place + 1
        place += 2 if _TAKES_A_WORD.fullmatch(words[place]) else 1
    return "", place


def is_setting(word: str) -> bool:
    """Return whether a word sets a variable, where `env` or a shell reads it."""
    return re.match(r"[A-Za-z_]\w*=", word) is not None


def has_env(elements: Sequence[str]) -> bool:
    """Return whether any element is `env`, which reads settings."""
    return any(element == "${env}" or name_of(element) == "env" for element in elements)


def is_first(command: Sequence[str], index: int) -> bool:
    """Return whether an element stands where the program is named."""
    return all(has_env([element]) or is_setting(element) for element in command[:index])
