"""How people name a sweep: `entity/project/sweepID`, `project/sweepID` or `sweepID`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sweepcli import commands
from sweepcli.errors import UnknownSweep, UsageError

if TYPE_CHECKING:
    from sweepcli.records import Sweep
    from sweepcli.stores import Store

MOST_PARTS = 3
CONFIGS = (".yaml", ".yml", ".json")  # how the names of config files end
SCRIPT = ".py"  # likewise those of scripts
STDIN = "-"  # where a config file may be named


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
        refuse_config(self.text)
        sweep, wanted = store.sweep(self.sweep_id), self.within(entity, project)
        if not wanted.fits(sweep):
            name = wanted.within(sweep.entity, sweep.project).text
            raise UnknownSweep(f"no sweep {name}; did you mean {sweep.path}?")
        return sweep

    @property
    def text(self) -> str:
        """The parts that are given, as a path."""
        return "/".join(part for part in (self.entity, self.project, self.sweep_id) if part)

    def within(self, entity: str | None, project: str | None) -> SweepPath:
        """Return the path with the parts that it lacks."""
        return SweepPath(self.sweep_id, self.project or project, self.entity or entity)

    def fits(self, sweep: Sweep) -> bool:
        """Return whether a sweep is of the entity and project, as far as they are given."""
        return self.entity in (None, sweep.entity) and self.project in (None, sweep.project)


def is_config(text: str) -> bool:
    """Return whether a word names a config file, not a sweep."""
    return text == STDIN or text.strip().lower().endswith(CONFIGS)


def refuse_script(text: str) -> None:
    """Raise UsageError for a script where a config or a sweep is asked for."""
    if text.endswith(SCRIPT):
        run = commands.line("sweepcli run -P lr=0.1,0.2", text)
        raise UsageError(f"{text} is a script: `{run}` makes a sweep over its option lr")


def refuse_config(text: str | None) -> None:
    """Raise UsageError for a config file, or a script, where a sweep is asked for."""
    refuse_script(text or "")
    if text and is_config(text):
        raise UsageError(
            f"{text} is a config file, not a sweep: `{commands.line('sweep', text)}` creates a "
            "sweep of it, and prints its path"
        )


def parse(text: str) -> SweepPath:
    """Return the parts of a sweep's path; raise UsageError for anything else."""
    parts = filled(text, "PATH").split("/")
    if len(parts) > MOST_PARTS or not parts[-1]:
        raise UsageError(
            "Expected sweep_id in form of sweep, project/sweep, or entity/project/sweep; "
            f"got {text!r}"
        )
    sweep_id, project, entity = [*reversed(parts), "", ""][:MOST_PARTS]
    return SweepPath(sweep_id, project or None, entity or None)


def filled(text: str, what: str) -> str:
    """Return an argument without the space around it; raise UsageError if it is empty."""
    if not (found := text.strip()):
        raise UsageError(f"{what} is empty; is a shell variable not set?")
    return found
