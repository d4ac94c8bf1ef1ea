"""Lines that keep within a width: tables, and names with what they are. Pure.

Characters are counted as terminals show them, where those of East Asia take two places.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import printed as terminal
from sweepcli.views import render

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from sweepcli.records import JSON

GAP = "  "
LEAST = 8  # places to which a cell may be cut, if it has more


class Fitted(NamedTuple):
    """A table within a width, and the headings of the columns that it had no room for."""

    lines: list[str]
    left_out: list[str]


def places(text: str) -> int:
    """Return how many places a text takes."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width  # noqa: PLC0415 -- for such text alone

    return sum(
        0 if combining(sign) else 2 if east_asian_width(sign) in "WF" else 1 for sign in text
    )


def cut(text: str, width: int, more: str = "…") -> str:
    """Return a text within so many places; one that is cut ends in a sign of it."""
    if places(text) <= width:
        return text
    ends = accumulate(places(sign) for sign in text)
    kept = sum(1 for end in ends if end <= width - len(more))
    return text[:kept] + more


def padded(text: str, width: int) -> str:
    """Return a text that takes so many places, or more."""
    return text + " " * (width - places(text))


def table(
    headings: Sequence[str],
    rows: Iterable[Sequence[JSON]],
    width: int | None = None,
    *,
    whole: Collection[str] = (),
) -> Fitted:
    """Return a table; with a width, long cells are cut, and columns on the right left out.

    The columns in `whole` are never cut: what is in them is to be copied.
    """
    lines = [[render.one_line(cell) for cell in row] for row in (headings, *rows)]
    widths = [max(map(places, column)) for column in zip(*lines, strict=True)]
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
    cells = [_fitted(cell, width) for cell, width in zip(line, widths, strict=False)]
    return GAP.join(cells).rstrip()


def _fitted(cell: str, width: int) -> str:
    if cell.isascii() and len(cell) <= width:  # nearly all there are
        return cell.ljust(width)
    return padded(cut(cell, width), width)


def pairs(rows: Iterable[tuple[str, str]], width: int | None = None) -> list[str]:
    """Return names and what they are; with a width, broken between words, which stay whole."""
    kept = [(terminal.escaped(name), terminal.escaped(text)) for name, text in rows]
    start = max((places(name) for name, _ in kept), default=0)
    return [
        f"{padded(name if at == 0 else '', start)}{GAP}{part}".rstrip()
        for name, text in kept
        for at, part in enumerate(
            [text] if width is None else broken(text, width - start - len(GAP))
        )
    ]


def broken(text: str, width: int) -> Iterator[str]:
    """Yield the lines of a text, broken between words."""
    line = ""
    for word in text.split(" "):
        if line and places(line) + 1 + places(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line
