"""What people say of the sweeps and runs of a store: their names, notes and tags.

It is in a column of its own, so that agents, who save what scripts say, never overwrite it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sweepcli.errors import UnknownRun, UnknownSweep
from sweepcli.stores.database import Part, nothing
from sweepcli.stores.sql import RUN, mapping_of, marks, run_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sweepcli.about import About
    from sweepcli.records import Run

    Change = Callable[[About], About]

# In this form nobody reads all runs of a sweep first, for which there is an index as well.
OF = """AND EXISTS (SELECT 1 FROM sweeps WHERE sweeps.id = runs.sweep_id
    AND sweeps.id = COALESCE(?, sweeps.id) AND entity = COALESCE(?, entity)
    AND project = COALESCE(?, project))"""


class Naming(Part):
    """Changes what people say, and finds runs by their names."""

    def say_of_sweep(
        self, sweep_id: str, change: Change, *, also: Callable[[About], None] = nothing
    ) -> bool:
        """Change what people say of a sweep; return whether that is something else now.

        `also` is called with it before that takes effect.
        """
        with self.database.transaction(alone=sweep_id):
            return self._say("sweeps", sweep_id, change, also)

    def say_of_run(
        self, run_id: str, change: Change, *, also: Callable[[About], None] = nothing
    ) -> bool:
        """Change what people say of a run, which may be running, as `say_of_sweep` does."""
        with self.database.transaction():
            return self._say("runs", run_id, change, also)

    def _say(
        self, table: str, record_id: str, change: Change, also: Callable[[About], None]
    ) -> bool:
        # Nothing changes here: this holds the row, since another person may do the same.
        if not self.database.change(f"UPDATE {table} SET about = about WHERE id = ?", (record_id,)):  # noqa: S608 -- constants
            unknown = UnknownSweep if table == "sweeps" else UnknownRun
            raise unknown(f"no {table[:-1]} {record_id!r} in {self.database.path} any more")
        found = self.database.rows(f"SELECT about FROM {table} WHERE id = ?", (record_id,))  # noqa: S608 -- constants
        [before] = self.records(lambda row: mapping_of(row[0]) if row[0] else {}, found)
        after = change(before)
        also(after)
        if after == before:
            return False
        sql = f"UPDATE {table} SET about = ? WHERE id = ?"  # noqa: S608 -- constants
        return bool(self.database.change(sql, (json.dumps(after), record_id)))

    def runs_named(
        self,
        names: Sequence[str],
        most: int,
        *,
        sweep_id: str | None = None,
        entity: str | None = None,
        project: str | None = None,
    ) -> list[Run]:
        """Return the first runs with one of some names: of a sweep, of a project, or of all.

        Two indexes find them: of the names that scripts gave, and of what people said.
        """
        scripts = f"name IN ({marks(names)}) AND about IS NULL"
        of = (sweep_id, entity, project)
        by_script = self.database.rows(f"{RUN} WHERE {scripts} {OF} LIMIT ?", (*names, *of, most))
        by_people = self.database.rows(f"{RUN} WHERE about IS NOT NULL {OF}", of)
        found = self.records(run_of, [*by_script, *by_people])
        return [run for run in found if run.name in names][:most]
