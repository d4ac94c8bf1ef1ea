"""The failures of a sweep, one line for each cause."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sweepcli.runs import causes, failure_kinds

if TYPE_CHECKING:
    from sweepcli.records import JSON, Sweep
    from sweepcli.stores import Store

MOST = 1000  # runs that are looked at, the last ones
GROUPS = 5  # causes that are shown
NAMED = 3  # runs of each


class Failure(NamedTuple):
    """Runs that failed with the same error, but for the values in it."""

    text: str  # why the newest of them failed
    runs: tuple[str, ...]  # ids, the newest first

    @property
    def line(self) -> str:
        """How many there are, how they ended, and where to look."""
        named = ", ".join(self.runs[:NAMED]) + (", …" if len(self.runs) > NAMED else "")
        return f"{len(self.runs)} x {self.text} ({named})"

    def record(self, most: int = GROUPS) -> dict[str, JSON]:
        """Return it with some of its runs, for `--json` and the page."""
        return {"count": len(self.runs), "cause": self.text, "runs": list(self.runs[:most])}


def of(store: Store, sweep: Sweep) -> list[Failure]:
    """Return the failures of a sweep by what they have in common, the most frequent first."""
    kinds: dict[str, str] = {}  # of texts
    first: dict[str, tuple[str, str]] = {}  # kind of text -> the newest text, and its wider kind
    groups: dict[str, tuple[str, list[str]]] = {}  # wider kind -> the newest text, and all runs
    for run_id, params, ending in store.failures(sweep.id, MOST):
        # An earlier version has not explained it.
        text = causes.explained(ending, ending.output).reason or ""
        # Words of one run's params may stand in what all of them say.
        key = kinds[text] = kinds.get(text) or failure_kinds.kind(text)
        if key not in first:
            first[key] = text, failure_kinds.kind_of(text, run_id, params)
        text, wider = first[key]
        groups.setdefault(wider, (text, []))[1].append(run_id)
    found = [Failure(text, tuple(ids)) for text, ids in groups.values()]
    return sorted(found, key=lambda each: -len(each.runs))
