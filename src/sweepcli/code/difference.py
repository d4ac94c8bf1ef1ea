"""What differs between two versions of the code, and between two environments. Pure."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.code import version

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sweepcli.code.environment import Environment

LARGEST = 1_000_000  # bytes of a file whose lines are compared
ASCII = 128
NO_END = "\\ No newline at end of file\n"
# What is said of an environment, and its field.
FACTS = {
    "host": "host",
    "system": "platform",
    "Python": "python",
    "implementation": "implementation",
    "interpreter": "interpreter",
    "GPUs": "gpus",
    "driver": "driver",
}


class Changed(NamedTuple):
    """A file that two versions do not have in common: mode and blob id in each, if it is there."""

    path: str
    then: tuple[str, str] | None
    now: tuple[str, str] | None

    @property
    def letter(self) -> str:
        """What git calls it: added, deleted or modified."""
        return "A" if self.then is None else "D" if self.now is None else "M"

    @property
    def is_same_content(self) -> bool:
        """Whether the mode alone differs."""
        return self.then is not None and self.now is not None and self.then[1] == self.now[1]


class Fact(NamedTuple):
    """A package, or something of a machine, that differs; None where it is not there."""

    name: str
    then: str | None
    now: str | None


def files(then: Mapping[str, tuple[str, str]], now: Mapping[str, tuple[str, str]]) -> list[Changed]:
    """Return the files that differ, by their paths."""
    paths = version.differing(then, now)
    return [Changed(path, then.get(path), now.get(path)) for path in paths]


def patch(
    changed: Sequence[Changed], then: Mapping[str, bytes], now: Mapping[str, bytes]
) -> Iterator[str]:
    """Yield the lines of a patch as git writes it; the contents are given by blob ids.

    A file whose contents are not both known has a comment instead, which `git apply` skips.
    """
    for each in changed:
        before = b"" if each.then is None else then.get(each.then[1])
        after = b"" if each.now is None else now.get(each.now[1])
        if each.is_same_content:
            yield from _head(each)
        elif before is None or after is None:
            yield f"# {_name('', each.path)}: its content cannot be had any more\n"
        elif b"\0" in before + after or max(len(before), len(after)) > LARGEST:
            yield f"# {_name('', each.path)}: differs, and is no text, or is large\n"
        else:
            yield from _head(each)
            yield from _hunks(each, before, after)


def facts(then: Environment, now: Environment) -> list[Fact]:
    """Return what differs between two machines and Pythons, and in their seeds."""
    pairs = {name: (getattr(then, field), getattr(now, field)) for name, field in FACTS.items()}
    seeds = {
        name: (then.seeds.get(name), now.seeds.get(name)) for name in {*then.seeds, *now.seeds}
    }
    named = [*pairs.items(), *sorted(seeds.items())]
    return [
        Fact(name, _said(before), _said(after))
        for name, (before, after) in named
        if before != after
    ]


def packages(then: Mapping[str, str], now: Mapping[str, str]) -> list[Fact]:
    """Return the packages that are not of the same version, by their names."""
    names = sorted({*then, *now}, key=lambda name: (name.lower(), name))
    found = (Fact(name, then.get(name), now.get(name)) for name in names)
    return [each for each in found if each.then != each.now]


def _said(value: str | tuple[str, ...] | None) -> str | None:
    return (", ".join(value) if isinstance(value, tuple) else value) or None


def _head(each: Changed) -> Iterator[str]:
    yield f"diff --git {_name('a/', each.path)} {_name('b/', each.path)}\n"
    if each.then is None and each.now is not None:
        yield f"new file mode {each.now[0]}\n"
    elif each.now is None and each.then is not None:
        yield f"deleted file mode {each.then[0]}\n"
    elif each.then and each.now and each.then[0] != each.now[0]:
        yield f"old mode {each.then[0]}\n"
        yield f"new mode {each.now[0]}\n"


def _hunks(each: Changed, before: bytes, after: bytes) -> Iterator[str]:
    names = (
        _name("a/", each.path) if each.then else "/dev/null",
        _name("b/", each.path) if each.now else "/dev/null",
    )
    texts = (_lines(before), _lines(after))
    for line in difflib.unified_diff(*texts, *names):
        yield line if line.endswith("\n") else f"{line}\n{NO_END}"


def _lines(content: bytes) -> list[str]:
    """Return lines that end as they do in the file; `splitlines` would part them elsewhere too."""
    lines = content.decode("utf-8", "surrogateescape").split("\n")
    return (
        [*(f"{line}\n" for line in lines[:-1]), *lines[-1:]]
        if lines[-1]
        else [f"{line}\n" for line in lines[:-1]]
    )


def _name(side: str, path: str) -> str:
    """Return a path as git writes it: in quotes where it has what is not printed."""
    text = side + path
    if text.isascii() and text.isprintable() and not {'"', "\\"} & set(text):
        return text
    known = {ord('"'): '\\"', ord("\\"): "\\\\", ord("\t"): "\\t", ord("\n"): "\\n"}
    written = (
        known.get(byte)
        or (chr(byte) if chr(byte).isprintable() and byte < ASCII else f"\\{byte:03o}")
        for byte in text.encode("utf-8", "surrogateescape")
    )
    return f'"{"".join(written)}"'
