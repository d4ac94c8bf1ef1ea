"""Lines that fit a width: tables, and names with their values. Pure.

In a table that has to fit, names and texts are cut in the middle, so that both ends show. A number
never is: half of one is another number. Columns come in the order of what they are worth, and where
there is no room for one at its least width, it and those behind it are left out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.printed import escaped
from sweepcli.views import headings as of_table
from sweepcli.views import shown, terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from sweepcli.records import JSON

    # What fits any width: its shortest form for 0, all of it for a large one.
    Fitting = Callable[[int], str]

GAP = "  "
LEAST = 12  # width to which a column may be cut, if it has more
# A number, or what begins with one and is short, such as `12 of 20` or `3 min`.
NUMBER = re.compile(r"[-+]?\.?\d.{0,14}|[-+]?\.?\d[\d.,eE+-]*|-?inf|nan", re.IGNORECASE)


class Fitted(NamedTuple):
    """A table within a width, and the headings of the columns that did not fit."""

    lines: list[str]
    left_out: list[str]


def table(
    headings: Sequence[str],
    rows: Iterable[Sequence[JSON | Fitting]],
    width: int | None = None,
    *,
    whole: Collection[str] = (),
) -> Fitted:
    """Return a table; with a width, long cells are cut, and columns on the right left out.

    The columns in `whole` are never cut: people copy what is in them.
    """
    columns = zip(*rows, strict=True)
    cells = [*columns] or [()] * len(headings)
    if width is None:
        found = [_column(name, given, None) for name, given in zip(headings, cells, strict=True)]
        return _joined(found, [max(column.sizes) for column in found], [])
    named = of_table.of([*map(shown.cell, headings)], LEAST)
    found, least = [], list[int]()
    for heading, name, given in zip(headings, named, cells, strict=True):
        column = _column(name, given, None if heading in whole else terminal.LONGEST)
        need = max(column.sizes) if heading in whole else _least(column)
        if found and sum(least) + need + len(GAP) * len(least) > width:
            break
        found.append(column)
        least.append(need)
    widths = _shares([max(column.sizes) for column in found], least, width)
    return _joined(found, widths, list(headings[len(found) :]))


class _Column(NamedTuple):
    """The cells of a column, its heading first: what is in each, all of its text, and its width."""

    given: Sequence[JSON | Fitting]
    texts: Sequence[str]
    sizes: Sequence[int]


def _column(
    heading: JSON | Fitting, given: Sequence[JSON | Fitting], longest: int | None
) -> _Column:
    cells = (heading, *given)
    texts = [_text(each, longest) for each in cells]
    return _Column(cells, texts, [*map(terminal.cells, texts)])


def _text(given: JSON | Fitting, longest: int | None) -> str:
    """Return all of a cell's text; what is longer is cut, unless it is a number."""
    if callable(given):
        return given(longest or terminal.ENDLESS)
    text = shown.cell(given)
    if longest is None or len(text) <= longest // 2 or _is_number(given, text):
        return text
    return shown.within(given, text, longest)


def _least(column: _Column) -> int:
    """Return the width to which a column may be cut."""
    return max(map(_least_of, *column))


def _least_of(given: JSON | Fitting, text: str, size: int) -> int:
    if callable(given):
        return terminal.cells(given(0))
    return size if size <= LEAST or _is_number(given, text) else LEAST


def _is_number(given: JSON, text: str) -> bool:
    return isinstance(given, int | float) or bool(NUMBER.fullmatch(text))


def _cut(given: JSON | Fitting, text: str, width: int) -> str:
    """Return what a cell shows that has no room for all of its text."""
    return given(width) if callable(given) else shown.within(given, text, width)


def _joined(columns: Sequence[_Column], widths: Sequence[int], left_out: list[str]) -> Fitted:
    cells = [
        [
            text + " " * (width - size)
            if size <= width
            else terminal.exactly(_cut(given, text, width), width)
            for given, text, size in zip(*column, strict=True)
        ]
        for column, width in zip(columns, widths, strict=True)
    ]
    return Fitted([GAP.join(line).rstrip() for line in zip(*cells, strict=True)], left_out)


def _shares(widths: Sequence[int], least: Sequence[int], width: int) -> list[int]:
    """Return the widths of columns, the widest cut first."""
    shares = [max(each, low) for each, low in zip(widths, least, strict=True)]
    while sum(shares) > width - len(GAP) * (len(shares) - 1):
        spare = [at for at, each in enumerate(shares) if each > least[at]]
        if not spare:
            break
        shares[max(spare, key=lambda at: shares[at])] -= 1
    return shares


def pairs(
    rows: Iterable[tuple[str, str]], width: int | None = None, *, whole: Collection[str] = ()
) -> list[str]:
    """Return names and their values; with a width, broken between words.

    The values of the names in `whole` are not broken: people copy them.
    """
    escaped_rows = [(escaped(name), escaped(text)) for name, text in rows]
    start = max((terminal.cells(name) for name, _ in escaped_rows), default=0)
    return [
        f"{terminal.exactly(name if at == 0 else '', start)}{GAP}{part}".rstrip()
        for name, text in escaped_rows
        for at, part in enumerate(
            [text] if width is None or name in whole else broken(text, width - start - len(GAP))
        )
    ]


def broken(text: str, width: int) -> Iterator[str]:
    """Yield the lines of a text, broken between words; what stands in backquotes is one word.

    People copy commands and lines of a config, so that these may be longer than a line.
    """
    line = ""
    for word in _words(text):
        if line and terminal.cells(line) + 1 + terminal.cells(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line


def _words(text: str) -> list[str]:
    words: list[str] = []
    has_pairs = text.count("`") % 2 == 0
    for each in text.split(" "):
        if has_pairs and words and words[-1].count("`") % 2:
            words[-1] += f" {each}"
        else:
            words.append(each)
    return words
