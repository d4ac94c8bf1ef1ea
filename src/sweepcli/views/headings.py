"""Names of params that are cut to fit, and can still be told apart. Pure.

They have long parts in common: `model.encoder.dropout`, `model.decoder.dropout`. Of those that
would be cut to the same text, the parts go first that all of them begin with, and then those that
all of them end with. A value beside a name is never cut.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.printed import escaped
from sweepcli.views import shown, terminal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sweepcli.records import JSON

LONGEST, SHORTEST_NAME = 24, 7  # cells of a name beside a value, or of a text, if it is cut


class Heading(NamedTuple):
    """A heading: the whole of it, what is cut where that has no room, and the least width."""

    name: str
    short: str
    least: int

    def __call__(self, width: int) -> str:
        """Return it in so many cells, or at its least width."""
        if terminal.cells(self.name) <= width:
            return self.name
        return terminal.cut_middle(self.short, max(width, self.least))


def of(names: Sequence[str], least: int) -> list[Heading]:
    """Return headings whose least widths are as near to `least` as they can be told apart."""
    found = [Heading(name, name, min(least, terminal.cells(name))) for name in names]
    for without_end in (False, True):
        for alike in _alike(found):
            shorter = _without_common([names[at] for at in alike], without_end=without_end)
            for at, short in zip(alike, shorter, strict=True):
                found[at] = Heading(names[at], short, min(least, terminal.cells(short)))
    while True:
        longer = [at for alike in _alike(found) for at in alike if _is_cut(found[at])]
        if not longer:
            return found
        for at in longer:
            found[at] = found[at]._replace(least=found[at].least + 1)


def pairs_within(given: Iterable[tuple[str, JSON]], width: int) -> str:
    """Return the first of some params with values in so many cells, and a mark for the others.

    One whose value has no room is left out as a whole.
    """
    pairs = list(given)
    names = of([escaped(name) for name, _ in pairs], SHORTEST_NAME)
    texts: list[str] = []
    left = width
    for at, (name, (_, value)) in enumerate(zip(names, pairs, strict=True)):
        is_all = len(texts) == at == len(pairs) - 1
        pair = named(name, _short(value), left - (0 if is_all else len(f" {shown.MARK}")))
        if pair is not None:
            texts.append(pair)
            left -= terminal.cells(pair) + 1
    return " ".join([*texts, shown.MARK] if len(texts) < len(pairs) else texts)


def _short(value: JSON) -> str:
    if isinstance(value, int | float):
        return shown.cell(value)
    return shown.within(value, shown.value(value), LONGEST)


def named(name: Heading, value: str, width: int) -> str | None:
    """Return a name and its value in so many cells; None where there is no room for that."""
    room = min(width - terminal.cells(value) - 1, max(LONGEST, name.least))
    return f"{name(room)}={value}" if room >= name.least else None


def _is_cut(heading: Heading) -> bool:
    return heading.least < terminal.cells(heading.short)


def _alike(headings: Sequence[Heading]) -> list[list[int]]:
    """Return the places of headings that look the same at their least width."""
    places: dict[str, list[int]] = {}
    for at, heading in enumerate(headings):
        places.setdefault(heading(0), []).append(at)
    return [alike for alike in places.values() if len(alike) > 1]


def _without_common(names: Sequence[str], *, without_end: bool) -> list[str]:
    """Return dotted names without the parts that all begin with, or end with too; marked as cut."""
    parts = [name.split(".") for name in names]
    first = _in_common(parts)
    last = _in_common([each[first:][::-1] for each in parts]) if without_end else 0
    texts = [".".join(each[first : len(each) - last]) for each in parts]
    if not all(texts):  # one of them is a part of another
        return list(names)
    before, after = shown.MARK * (first > 0), shown.MARK * (last > 0)
    return [f"{before}{text}{after}" for text in texts]


def _in_common(parts: Iterable[Sequence[str]]) -> int:
    """Return how many parts all begin with."""
    return sum(1 for _ in takewhile(lambda alike: len({*alike}) == 1, zip(*parts, strict=False)))
