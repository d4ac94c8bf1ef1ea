"""Where a sweep's code is looked for: the program, its folder, and what its command names."""

from __future__ import annotations

import json
import os
import zlib
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import folders

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sweepcli.records import JSON, SweepConfig


class Place(NamedTuple):
    """What a look needs to know; all but `program` and `named` are absolute paths or patterns."""

    results: str  # the results directory, which is never code
    cwd: str  # where runs start
    program: str = ""  # the file that runs execute, from `cwd` on; empty: not known
    named: tuple[str, ...] = ()  # what the command names and may be a file, from `cwd` on
    interpreter: str = ""  # whose packages are listed; empty: no Python
    include: tuple[str, ...] = ()  # patterns of paths that count as code too, as is the next
    exclude: tuple[str, ...] = ()
    is_module: bool = False  # the program is started by `-m`, which imports from `cwd`

    @property
    def folder(self) -> str:
        """The folder from which the program imports: its own, or for a module where runs start."""
        inside = "" if self.is_module else os.path.dirname(self.program)
        return os.path.realpath(os.path.join(self.cwd, inside))

    @property
    def key(self) -> str:
        """A short name for this place, by which the last look at it is kept."""
        return f"{zlib.crc32(json.dumps(self, sort_keys=True).encode()):08x}"

    @property
    def last_look(self) -> str:
        """The file that has the answer of the last look at this place."""
        return os.path.join(self.results, folders.CODE, "last", f"{self.key}.json")

    def to_json(self) -> dict[str, JSON]:
        """Return what `from_json` reads."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in self._asdict().items()
        }


def from_json(data: dict[str, JSON]) -> Place:
    """Return the place that `to_json` has written."""
    known: JSON = {
        name: tuple(value) if isinstance(value, list) else value for name, value in data.items()
    }
    return Place(**known)


def place_of(config: SweepConfig, *, results: str, cwd: str, interpreter: str) -> Place:
    """Return where the code of a sweep's runs is; `interpreter` is what `${interpreter}` means."""
    words = list(_words(config))
    program, is_module = _program(words, config.program or "", cwd)
    named = dict.fromkeys(part for word in words for part in _paths(word) if part != program)
    return Place(
        results=os.path.realpath(results),
        cwd=os.path.realpath(cwd),
        program=program,
        named=tuple(named),
        interpreter=_interpreter(words, cwd, interpreter),
        include=config.code.include,
        exclude=config.code.exclude,
        is_module=is_module,
    )


def _words(config: SweepConfig) -> Iterator[str]:
    """Yield the words of a command that are the same for all runs, and `${interpreter}`."""
    # A look reads the record alone, and starts faster without these.
    from sweepcli.sweep_config import macros  # noqa: PLC0415

    for element in config.command:
        for word in str(element).split():
            if macros.whole(word) == "program":
                yield config.program or ""
            elif macros.whole(word) == "interpreter" or not macros.mentioned(word):
                yield word


def _program(words: Sequence[str], program: str, cwd: str) -> tuple[str, bool]:
    """Return the file that a command executes, and whether it is the module behind `-m`."""
    if program and program in words:
        return program, False
    for before, word in zip(("", *words), words, strict=False):
        module = word.replace(".", "/")
        known = (f"{module}.py", f"{module}/__main__.py") if before == "-m" else (word,)
        for path in known:
            if path.endswith((".py", ".sh", ".jl", ".R")) and _is_file(cwd, path):
                return path, before == "-m"
    return "", False


def _is_file(cwd: str, path: str) -> bool:
    return os.path.isfile(os.path.join(cwd, path))


def _paths(word: str) -> Iterator[str]:
    """Yield what may be a path in a word: all of it, or what is behind `=`."""
    name, is_setting, value = word.partition("=")
    for text in (value if is_setting else name, word if is_setting else ""):
        if text and not text.startswith(("-", "$")) and "\0" not in text:
            yield text.removeprefix("@")


def _interpreter(words: Sequence[str], cwd: str, interpreter: str) -> str:
    """Return the Python that a command starts; ours if none is seen."""
    if words[:1] == ["${interpreter}"] and os.path.isabs(interpreter):  # as for most
        return interpreter
    from sweepcli.code import pythons  # noqa: PLC0415 -- as above

    return pythons.of(words, cwd, interpreter) or pythons.found(interpreter, cwd) or interpreter
