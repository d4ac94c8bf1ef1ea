r"""Finds a metric in what a program printed, and the pattern of `metrics_from` that reads it.

`epoch 3: val_acc 0.91 (best 0.92)` has `val_acc`; the pattern is `\bval_acc {val_acc}`. Nothing is
returned that was not tried on all lines: a pattern that reads another number is worse than none.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.sweep_config import patterns
from sweepcli.sweep_config.literals import escape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Between a name and its number: quotes, a sign or spaces, and what numpy and torch put around.
_BETWEEN = r"""(?P<between>['"*`]{0,2}(?:\s*(?:=>|->|[:=|│┃])\s*|\s+(?:is\s+)?|\s*\()
    (?:[A-Za-z_][\w.]*\(|[\[(])?['"]?)"""
# Behind the number: a unit, or an end. A decimal comma, a date and a version are none.
_BEHIND = r"""(?=(?:[munµ]?s|min|h|[kKMG]i?B|dB|x)?
    (?:$|[\s;|)\]}%'"`│┃*±]|,(?!\d)|\.(?:\s|$)|/\d))
    (?P<share>/\d+\s*\((?=[\d.]+\s?%))?"""
_START = r"(?<![\w./-])"
# One value may be of each part of the data; words for the same.
_PARTS = {
    "train": ("train", "training"),
    "val": ("val", "valid", "validation"),
    "test": ("test", "testing"),
    "eval": ("eval", "evaluation"),
    "dev": ("dev",),
}
_ALIKE = {**_PARTS, "acc": ("acc", "accuracy")}
MOST_LINES = 3  # that are shown where it is not clear which one is meant
LONGEST = 4000  # characters of a line that are looked at


class Reads(NamedTuple):
    """A pattern, and what it reads of some lines."""

    pattern: str
    name: str  # of the metric, as the program prints it
    is_exact: bool  # that surely is the metric
    matches: int  # lines that have it
    line: str  # the last one
    value: float  # that it reads there


class Unclear(NamedTuple):
    """Lines that have the metric's name, each for another part of the data."""

    lines: tuple[str, ...]


class _Spelling(NamedTuple):
    """How a program may write the metric's name."""

    regex: str
    is_exact: bool = True
    written: str | None = None  # in a pattern, if not as it was found


class _Place(NamedTuple):
    """Where a line has a name and a number."""

    line: str
    name: str
    quote: str  # in which the name is, if it is
    between: str
    share: str  # behind a count, before the percentage that is meant
    of: str | None  # the part of the data that the line speaks of
    value: float


def find(lines: Sequence[str], metric: str) -> Reads | Unclear | None:
    """Return the pattern that reads a metric of lines, None if they have no such number."""
    if not patterns.NAME.fullmatch(f"{{{metric}}}"):
        return None  # no pattern can have the name
    lines = [line[:LONGEST] for line in lines]
    for spelling in _spellings(metric):
        found = list(_places(lines, spelling))
        if not found:
            continue
        if not spelling.is_exact and len({each.name.lower() for each in found}) > 1:
            return None
        if len({each.of for each in found}) > 1 and not _part_in(metric):
            firsts = {each.of: each.line.strip() for each in reversed(found)}
            return Unclear(tuple(dict.fromkeys(reversed(firsts.values())))[:MOST_LINES])
        return _tried(lines, metric, found, spelling)
    return None


def _spellings(metric: str) -> Iterator[_Spelling]:
    """Yield how the name may be written, the surest first."""
    words = re.split(r"[/._-]", metric)
    yield _Spelling(re.escape(metric))
    yield _Spelling(f"(?i:{re.escape(metric)})")
    if len(words) > 1:
        for quote in ('"', "'"):
            inside = rf"{quote}: *\{{[^{{}}]*{quote}"
            nested = inside.join(map(re.escape, words))
            yield _Spelling(nested, written=nested)
    alike = [f"(?:{'|'.join(_same(word))})" for word in words]
    yield _Spelling(f"(?i:{'[/._ -]'.join(alike)})")
    if len(words) == 2 and _part_in(words[0]):
        far = rf"{alike[0]}\b[^{{}}]{{0,200}}?\b{alike[1]}"
        yield _Spelling(f"(?i:{far})", written=f"(?i:{far})")
    if len(words) > 1:
        yield _Spelling(f"(?i:{alike[-1]})", is_exact=False)
    yield _Spelling(rf"(?i:[\w./-]*\w[/._-]{re.escape(metric)})", is_exact=False)


def _same(word: str) -> tuple[str, ...]:
    return next((each for each in _ALIKE.values() if word.lower() in each), (re.escape(word),))


def _places(lines: Sequence[str], spelling: _Spelling) -> Iterator[_Place]:
    whole = re.compile(
        rf"""(?x:{_START}(?P<quote>["'`]?))(?P<name>{spelling.regex})(?x:{_BETWEEN})"""
        rf"""(?P<value>{patterns.NUMBER})(?x:{_BEHIND})"""
    )
    for line in lines:
        for found in whole.finditer(line):
            share = found["share"] or ""
            value = re.match(r"[\d.]+", line[found.end() :] if share else found["value"])
            last = re.split(r"\W", found["name"])[-1]
            of = _part_in(line[: found.end("name") - len(last)])
            wanted = _part_in(found["name"]) if spelling.written else of
            if of == wanted:
                number = patterns.number(value[0] if share and value else found["value"])
                yield _Place(
                    line=line,
                    name=found["name"],
                    quote=found["quote"],
                    between=found["between"],
                    share=share,
                    of=of,
                    value=number,
                )


def _part_in(text: str) -> str | None:
    """Return the last part of the data that a text names."""
    words = re.findall(r"[a-z]+", text.lower())
    named = [part for word in words for part, names in _PARTS.items() if word in names]
    return named[-1] if named else None


def _tried(
    lines: Sequence[str], metric: str, found: Sequence[_Place], spelling: _Spelling
) -> Reads | None:
    """Return the simplest pattern that reads these numbers, and no other ones."""
    first = {each.line: each.value for each in reversed(found)}
    for text in _candidates(metric, found, spelling):
        pattern = patterns.compiled(text)
        read = {line: pattern.values(line).get(metric) for line in lines}
        known = {line: value for line, value in read.items() if value is not None}
        if known and all(repr(first.get(line)) == repr(value) for line, value in known.items()):
            matching = [line for line in lines if line in known]
            last = matching[-1]
            name = found[-1].name
            return Reads(text, name, spelling.is_exact, len(matching), last.strip(), known[last])
    return None


def _candidates(metric: str, found: Sequence[_Place], spelling: _Spelling) -> Iterator[str]:
    shapes = Counter((each.name, each.quote, each.between, bool(each.share)) for each in found)
    for (name, quote, between, is_share), _ in shapes.most_common(1):
        start = quote or r"\b"
        written = spelling.written or escape(name)
        number = rf"\d+/\d+ *\({{{metric}}} ?%" if is_share else f"{{{metric}}}"
        gap = _gap(between, {each.between for each in found if each.name == name})
        yield f"{start}{written}{gap}{number}"
        yield f"{_START}{quote}{written}{gap}{number}"


def _gap(between: str, every: set[str]) -> str:
    """Return a pattern for what is between a name and its numbers, most often `between`."""
    marks = set("".join(every))
    spaces = {mark for mark in marks if mark.isspace()}
    if len(every) > 1 and marks - spaces <= set(":="):
        return rf"[{''.join(sorted(marks - spaces))}\s]+"
    anyhow = r"\s+" if len(every) > 1 else r"\s\s+|\t"
    instead = r"\s*" if len(every) > 1 else r"\s+"
    return re.sub(anyhow, lambda _: instead, escape(between))
