"""What is wrong with a sweep config: where, what, and what to do about it."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sweepcli.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sweepcli.records import JSON

Path = tuple[str | int, ...]  # keys and list positions, from the top of the config
Place = tuple[int, int]  # line and column, both from 1
SHOWN = 60  # characters of a value in a message


@dataclass(frozen=True, slots=True)
class Problem:
    """One error or warning about a sweep config."""

    source: str
    line: int | None
    column: int | None
    path: str
    text: str
    fix: str | None = None

    def __str__(self) -> str:
        """Return `file:line:column: path: what is wrong (fix)`."""
        place = "" if self.line is None else f":{self.line}:{self.column}"
        path = f"{self.path}: " if self.path else ""
        fix = f" ({self.fix})" if self.fix else ""
        said = f"{self.source}{place}: {path}{self.text}{fix}"
        # A quoted line break would make two messages of one; an escape could paint the terminal.
        return "".join(character if character.isprintable() else " " for character in said)


class InvalidConfig(ConfigError):
    """A config with errors; `problems` holds them in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(slots=True)
class Report:
    """Collects what is found in one config, so that everything is reported at once."""

    source: str
    places: Mapping[Path, Place] = field(default_factory=dict)
    options: Mapping[Path, str] = field(default_factory=dict)  # for parts that options gave
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def error(self, path: Path, text: str, fix: str | None = None) -> None:
        """Add something that prevents the sweep from running."""
        self.errors.append(self._problem(path, text, fix))

    def warn(self, path: Path, text: str, fix: str | None = None) -> None:
        """Add something doubtful that the sweep can run with."""
        self.warnings.append(self._problem(path, text, fix))

    def finish(self) -> tuple[Problem, ...]:
        """Return the warnings in the order of the file; raise InvalidConfig if there are errors."""
        if self.errors:
            raise InvalidConfig(_in_order(self.errors))
        return _in_order(self.warnings)

    def _problem(self, path: Path, text: str, fix: str | None) -> Problem:
        # What is missing has no place of its own: point at what should hold it.
        holders = [path[:end] for end in range(len(path), -1, -1)]
        if option := next((self.options[each] for each in holders if each in self.options), None):
            return Problem(option, None, None, "", text, fix)
        known = next((self.places[each] for each in holders if each in self.places), None)
        line, column = known or (None, None)
        return Problem(self.source, line, column, dotted(path), text, fix)


def _in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    unique = dict.fromkeys(problems)
    return tuple(sorted(unique, key=lambda found: (found.line or 0, found.column or 0)))


def dotted(path: Path) -> str:
    """Return a path as people write it, `parameters.lr.values[0]`."""
    # A name with a line break must not break the message into two.
    parts = (
        f"[{part}]" if isinstance(part, int) else f".{part if part.isprintable() else ascii(part)}"
        for part in path
    )
    return "".join(parts).removeprefix(".")


def shown(value: JSON) -> str:
    """Return a value for a message: short, on one line, valid in YAML."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN else text[: SHOWN - 3] + "..."


def whole(value: JSON, path: Path, report: Report) -> JSON:
    """Return a whole float as an int, as W&B reads it, and anything else as it is."""
    if not isinstance(value, float) or not value.is_integer():
        return value
    report.warn(path, f"{shown(value)} is read as a whole number", f"write {shown(int(value))}")
    return int(value)


def closest(word: str, words: Iterable[str], cutoff: float = 0.7) -> str | None:
    """Return the word that is most similar to `word`, if any is close."""
    lower = {known.lower(): known for known in words}
    found = difflib.get_close_matches(word.lower().strip(" :"), lower, n=1, cutoff=cutoff)
    return lower[found[0]] if found else None


def nearest(word: str, words: Iterable[str], cutoff: float = 0.7) -> str | None:
    """Return `did you mean 'x'?` for the closest of the words, if any is close."""
    found = closest(word, words, cutoff)
    return f"did you mean '{found}'?" if found else None


def in_yaml(elements: Iterable[str]) -> str:
    """Return a list as YAML, on one line."""
    return f"[{', '.join(map(quoted, elements))}]"


def quoted_shown(text: str) -> str:
    """Return an element of a list for a message, as one would write it in YAML."""
    return quoted(text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}...")


def quoted(text: str) -> str:
    """Return a text as one would write it in YAML."""
    if not text.isprintable():
        return json.dumps(text)
    is_simple = "'" in text and not {'"', "\\"}.intersection(text)
    return f'"{text}"' if is_simple else "'" + text.replace("'", "''") + "'"
