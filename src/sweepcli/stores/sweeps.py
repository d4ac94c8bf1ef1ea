"""The sweeps of a store: their configs and states."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sweepcli import commands
from sweepcli.errors import UnknownSweep, WrongState
from sweepcli.records import SweepState
from sweepcli.stores.database import Part, nothing
from sweepcli.stores.sql import SWEEP, encoded, insert, marks, sweep_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sweepcli.records import JSON, Sweep


class Sweeps(Part):
    """Adds, finds and changes sweeps."""

    def add_sweep(self, sweep: Sweep, *, also: Callable[[], None] = nothing) -> None:
        """Add a new sweep; `also` may add what belongs to it before that takes effect."""
        values = encoded({**sweep._asdict(), "config": sweep.raw}.values())
        with self.database.transaction():
            self.database.change(insert("sweeps", sweep._fields), values)
            also()

    def sweep(self, sweep_id: str) -> Sweep:
        """Return the sweep with this id; raise UnknownSweep if there is none."""
        for sweep in self.records(
            sweep_of, self.database.rows(f"{SWEEP} WHERE id = ?", (sweep_id,))
        ):
            return sweep
        ls = commands.line("sweep ls")
        raise UnknownSweep(f"no sweep {sweep_id!r} in {self.database.path}; `{ls}` shows all")

    def sweeps(self, *, entity: str | None = None, project: str | None = None) -> list[Sweep]:
        """Return the sweeps of an entity and project, oldest first."""
        found = self.database.rows(
            f"""{SWEEP} WHERE entity = COALESCE(?, entity) AND project = COALESCE(?, project)
            ORDER BY created_at, id""",
            (entity, project),
        )
        return self.records(sweep_of, found)

    def newest_first(
        self, *, entity: str | None = None, project: str | None = None
    ) -> list[tuple[str, str, str]]:
        """Return (entity, project, id) of the sweeps of an entity and project, newest first."""
        found = self.database.rows(
            """SELECT entity, project, id FROM sweeps
            WHERE entity = COALESCE(?, entity) AND project = COALESCE(?, project)
            ORDER BY created_at DESC, id DESC""",
            (entity, project),
        )
        return [(its_entity, its_project, sweep_id) for its_entity, its_project, sweep_id in found]

    def sweeps_like(self, start: str, names: Sequence[str]) -> list[Sweep]:
        """Return the sweeps whose id begins so, or that have one of the names, oldest first."""
        found = self.database.rows(
            f"""{SWEEP} WHERE substr(id, 1, ?) = ? OR name IN ({marks(names)})
            OR about IS NOT NULL ORDER BY created_at, id""",
            (len(start), start, *names),
        )
        sweeps = self.records(sweep_of, found)  # people may have renamed them
        return [each for each in sweeps if each.id.startswith(start) or each.name in names]

    def has_sweep(self, sweep_id: str) -> bool:
        """Return whether there is a sweep with this id."""
        return bool(self.database.rows("SELECT 1 FROM sweeps WHERE id = ?", (sweep_id,)))

    def set_state(
        self,
        sweep_id: str,
        state: SweepState,
        *,
        allowed: Iterable[SweepState],
        also: Callable[[SweepState], None] = nothing,
    ) -> SweepState:
        """Put the sweep into `state` and return the one it was in.

        `also` is called with it before that takes effect. Raises WrongState where the sweep is in
        none of the `allowed` ones, unless it is in `state` already.
        """
        with self.database.transaction(alone=sweep_id):
            before = self.sweep(sweep_id).state
            if before != state:
                if before not in allowed:
                    raise WrongState(f"Sweep already {before}.")
                self.database.change("UPDATE sweeps SET state = ? WHERE id = ?", (state, sweep_id))
            also(state)
        return before

    def replace_config(
        self,
        sweep_id: str,
        raw: dict[str, JSON],
        name: str | None,
        *,
        also: Callable[[], None] = nothing,
    ) -> None:
        """Give a sweep another config; raise WrongState once a run of it has started.

        `also` is called before that takes effect.
        """
        with self.database.transaction(alone=sweep_id):
            self.sweep(sweep_id)
            # First: this waits for a run that is being claimed, and does not delete it.
            self.database.change("DELETE FROM runs WHERE sweep_id = ? AND attempt = 0", (sweep_id,))
            if self.database.rows("SELECT 1 FROM runs WHERE sweep_id = ? LIMIT 1", (sweep_id,)):
                raise WrongState(
                    f"sweep {sweep_id} has runs already, its config is fixed; "
                    "create a new sweep instead"
                )
            self.database.change(
                "UPDATE sweeps SET config = ?, name = ? WHERE id = ?",
                (json.dumps(raw), name, sweep_id),
            )
            also()

    def set_code(self, sweep_id: str, code: str | None) -> None:
        """Give a sweep other code; for inside a transaction."""
        self.database.change("UPDATE sweeps SET code = ? WHERE id = ?", (code, sweep_id))

    def amend_config(
        self, sweep_id: str, changes: dict[str, JSON], *, also: Callable[[], None] = nothing
    ) -> None:
        """Change keys of a sweep's config that say nothing of what its runs are.

        `also` is called before that takes effect.
        """
        with self.database.transaction(alone=sweep_id):
            raw = {**self.sweep(sweep_id).raw, **changes}
            sql = "UPDATE sweeps SET config = ? WHERE id = ?"
            self.database.change(sql, (json.dumps(raw), sweep_id))
            also()

    def remove_sweep(self, sweep_id: str, *, also: Callable[[], None]) -> None:
        """Delete a sweep with its runs, their attempts and their history.

        `also` is called before that takes effect, when no run of it can be claimed any more; what
        it raises keeps the sweep.
        """
        with self.database.transaction(alone=sweep_id):
            self.sweep(sweep_id)
            # This waits for a run that is being claimed, and holds the others, as an update does.
            self.database.change(
                """UPDATE runs SET state = state
                WHERE sweep_id = ? AND state IN ('pending', 'preempted')""",
                (sweep_id,),
            )
            also()
            self.database.change("DELETE FROM sweeps WHERE id = ?", (sweep_id,))

    def finish_if_done(
        self, sweep_id: str, *, also: Callable[[SweepState], None] = nothing
    ) -> bool:
        """Mark a used-up sweep finished once no run of it is open; return whether it is.

        `also` is called with its new state before that takes effect.
        """
        with self.database.transaction(alone=sweep_id):
            open_run = """SELECT 1 FROM runs
                WHERE sweep_id = ? AND state IN ('pending', 'preempted', 'running') LIMIT 1"""
            if self.database.rows(open_run, (sweep_id,)):
                return False
            has_finished = self.database.change(
                """UPDATE sweeps SET state = 'finished'
                WHERE id = ? AND state IN ('pending', 'running')""",
                (sweep_id,),
            )
            if has_finished:
                also(SweepState.FINISHED)
        return True
