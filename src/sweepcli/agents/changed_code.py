"""What an agent says when the code changes in the middle of a sweep."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from sweepcli.code import rules, version
from sweepcli.printed import harmless, listed

if TYPE_CHECKING:
    from sweepcli.code.place import Place
    from sweepcli.records import Run, Sweep

MOST_NAMED = 3


def text(sweep: Sweep, run: Run, other: int, other_code: str, place: Place) -> str:
    """Say that a run has other code than an earlier run of its sweep, whose number is `other`."""
    names = _changed(place, other_code, str(run.code_after or run.code))
    since = f"just after the start of run {run.number}" if run.code_after else f"since run {other}"
    parts = [f"the code of sweep {sweep.path} has changed {since}{_some(names)}"]
    if not run.code_after:
        parts.append(f"Run {run.number} has the new version")
    if outputs := [name for name in names if not _is_written_by_people(name)]:
        shown = ", ".join(harmless(shlex.quote(name)) for name in outputs[:MOST_NAMED])
        parts.append(f"If runs write {shown}, write `code: {{exclude: [{shown}]}}` in the config")
    parts.append("With `code: frozen` in the config all runs of a sweep have the same code")
    return ". ".join(parts)


def _changed(place: Place, before: str, after: str) -> list[str]:
    """Return the files that differ between two versions; none if one was seen elsewhere."""
    try:
        old, new = (version.files(place.results, each) for each in (before, after))
    except (OSError, ValueError):
        return []
    return version.differing(old, new)


def _some(names: list[str]) -> str:
    if not names:
        return ""
    return f": {listed([harmless(name) for name in names], MOST_NAMED)}"


def _is_written_by_people(name: str) -> bool:
    return rules.is_source(name) or rules.ending(name) in rules.CONFIG
