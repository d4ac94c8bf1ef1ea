"""How people name a sweep: `entity/project/sweepID`, `project/sweepID` or `sweepID`."""

from __future__ import annotations

from typing import NamedTuple

from sweepcli.errors import UsageError

MOST_PARTS = 3


class SweepPath(NamedTuple):
    """The parts that a person gave; a part that is missing matches any."""

    sweep_id: str
    project: str | None = None
    entity: str | None = None


def parse(text: str) -> SweepPath:
    """Return the parts of a sweep's path; raise UsageError for anything else."""
    parts = text.strip().split("/")
    if len(parts) > MOST_PARTS or not parts[-1]:
        raise UsageError(
            "Expected sweep_id in form of sweep, project/sweep, or entity/project/sweep; "
            f"got {text!r}"
        )
    sweep_id, project, entity = [*reversed(parts), "", ""][:MOST_PARTS]
    return SweepPath(sweep_id, project or None, entity or None)
