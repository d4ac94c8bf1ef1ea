"""Lines that fit a width: tables, and names with their values. Pure."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.printed import escaped
from sweepcli.views import shown, terminal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from sweepcli.records import JSON

GAP = "  "
LEAST = 8  # width to which a column may be cut, if it has more


class Fitted(NamedTuple):
    """A table within a width, and the headings of the columns that did not fit."""

    lines: list[str]
    left_out: list[str]


def table(
    headings: Sequence[str],
    rows: Iterable[Sequence[JSON]],
    width: int | None = None,
    *,
    whole: Collection[str] = (),
) -> Fitted:
    """Return a table; with a width, long cells are cut, and columns on the right left out.

    The columns in `whole` are never cut: people copy what is in them.
    """
    limits = [None if width is None or name in whole else terminal.LONGEST for name in headings]
    lines = [
        [shown.cell(cell, longest) for cell, longest in zip(row, limits, strict=True)]
        for row in (headings, *rows)
    ]
    widths = [max(map(terminal.cells, column)) for column in zip(*lines, strict=True)]
    if width is not None:
        least = [
            each if name in whole else min(LEAST, each)
            for name, each in zip(headings, widths, strict=True)
        ]
        widths = _shares(widths, least, width)
    return Fitted([_joined(line, widths) for line in lines], list(headings[len(widths) :]))


def _shares(widths: Sequence[int], least: Sequence[int], width: int) -> list[int]:
    """Return the widths of the columns that there is room for, the widest cut first."""
    ends = accumulate(each + len(GAP) for each in least)
    count = max(1, sum(1 for end in ends if end - len(GAP) <= width))
    shares = [
        each if each == low else min(each, width)
        for each, low in zip(widths[:count], least, strict=False)
    ]
    while sum(shares) > width - len(GAP) * (count - 1):
        spare = [at for at in range(count) if shares[at] > least[at]]
        if not spare:
            break
        shares[max(spare, key=lambda at: shares[at])] -= 1
    return shares


def _joined(line: Sequence[str], widths: Sequence[int]) -> str:
    cells = zip(line, widths, strict=False)
    return GAP.join(
        terminal.exactly(terminal.cut(cell, width), width) for cell, width in cells
    ).rstrip()


def pairs(rows: Iterable[tuple[str, str]], width: int | None = None) -> list[str]:
    """Return names and their values; with a width, broken between words."""
    escaped_rows = [(escaped(name), escaped(text)) for name, text in rows]
    start = max((terminal.cells(name) for name, _ in escaped_rows), default=0)
    return [
        f"{terminal.exactly(name if at == 0 else '', start)}{GAP}{part}".rstrip()
        for name, text in escaped_rows
        for at, part in enumerate(
            [text] if width is None else broken(text, width - start - len(GAP))
        )
    ]


def broken(text: str, width: int) -> Iterator[str]:
    """Yield the lines of a text, broken between words."""
    line = ""
    for word in text.split(" "):
        if line and terminal.cells(line) + 1 + terminal.cells(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line
