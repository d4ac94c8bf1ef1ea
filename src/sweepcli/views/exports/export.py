"""What an export writes: the rows of a sweep and their columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sweepcli.views.exports import rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sweepcli.records import JSON, Sweep
    from sweepcli.stores import Store

    Row = dict[str, JSON]
    # Columns need to be known before the first row is written, so rows are asked for twice.
    Rows = Callable[[], Iterable[Row]]


class Export(NamedTuple):
    """What is written: the rows of a sweep, or of the history of its runs."""

    store: Store
    sweep: Sweep
    history: bool

    def rows(self) -> Iterator[Row]:
        """Return the rows, anew at each call."""
        return rows.of_sweep(self.store, self.sweep, history=self.history)

    def columns(self) -> list[str]:
        """Return the names in the rows: first those of every run, then params, then the rest."""
        names = dict.fromkeys(name for row in self.rows() for name in row)
        return sorted(names, key=lambda name: _GROUPS.get(name.partition(".")[0], 0))


_GROUPS = {"params": 1, "summary": 2}
