"""How people name a sweep: `entity/project/sweepID`, `project/sweepID` or `sweepID`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sweepcli.errors import UnknownSweep, UsageError

if TYPE_CHECKING:
    from sweepcli.records import Sweep
    from sweepcli.stores import Store

MOST_PARTS = 3


class SweepPath(NamedTuple):
    """The parts of a path; a part that is not given matches any."""

    sweep_id: str
    project: str | None = None
    entity: str | None = None

    def find_in(
        self, store: Store, *, entity: str | None = None, project: str | None = None
    ) -> Sweep:
        """Return the sweep of this path; its own parts beat the arguments.

        Raises UnknownSweep if there is none, or if it belongs to another entity or project.
        """
        sweep = store.sweep(self.sweep_id)
        wanted = (self.entity or entity or sweep.entity, self.project or project or sweep.project)
        if wanted != (sweep.entity, sweep.project):
            name = "/".join((*wanted, sweep.id))
            raise UnknownSweep(f"no sweep {name}; did you mean {sweep.path}?")
        return sweep


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
