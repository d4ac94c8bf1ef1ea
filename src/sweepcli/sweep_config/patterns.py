"""Patterns that find metrics in a line of text: `epoch {epoch}: val_acc {val_acc}`.

A pattern is a regular expression in which `{name}` matches a number that is logged as `name`.
Leaf module: imports nothing of ours.
"""

from __future__ import annotations

import re
from typing import NamedTuple

NAME = re.compile(r"\{([A-Za-z_][\w./-]*)\}")
NUMBER = r"[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|(?i:inf(?:inity)?|nan)\b)"
WHOLE = re.compile(r"[-+]?\d+")


class Pattern(NamedTuple):
    """A pattern, ready to be used."""

    text: str
    names: tuple[str, ...]
    regex: re.Pattern[str]
    groups: tuple[int, ...]  # of the names

    def values(self, line: str) -> dict[str, float]:
        """Return the numbers that a line holds; nothing if it does not match."""
        found = self.regex.search(line)
        if found is None:
            return {}
        pairs = ((name, found[group]) for name, group in zip(self.names, self.groups, strict=True))
        # A number of another alternative, or one that may be missing, is None.
        return {name: number(text) for name, text in pairs if text is not None}


def compiled(text: str) -> Pattern:
    """Return a pattern ready to be used; raise ValueError with what is wrong."""
    names: list[str] = []

    def group(found: re.Match[str]) -> str:
        names.append(found[1])
        return f"(?P<_{len(names)}>{NUMBER})"

    try:
        regex = re.compile(NAME.sub(group, text))
    except re.error as error:
        raise ValueError(f"is not a regular expression: {error.msg}") from None
    if not names:
        raise ValueError("has no metric: write `{val_acc}` where its number is printed")
    groups = tuple(regex.groupindex[f"_{number + 1}"] for number in range(len(names)))
    return Pattern(text, tuple(names), regex, groups)


def number(text: str) -> float:
    """Return the number that a NUMBER is."""
    return int(text) if WHOLE.fullmatch(text) else float(text)
