"""Whether a directory has the files of runs whose database is lost.

A new database beside them would hide them without a word.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sweepcli import commands, env, folders
from sweepcli.errors import StoreDamaged

if TYPE_CHECKING:
    from collections.abc import Iterator


def refuse(folder: str, name: str, what: str) -> None:
    """Raise StoreDamaged if a folder whose database `name` has no sweeps has runs of any.

    `what` is wrong with the database.
    """
    for path in _sweeps(folder):
        repair = commands.line("sweep repair", folder)
        raise StoreDamaged(
            f"{os.path.join(folder, name)} {what}, though there are runs of {path} beside it. If "
            f"their database is elsewhere, name it with --store or {env.STORE}; if it is lost, "
            f"`{repair}` rebuilds it from the files of the runs"
        )


def _sweeps(folder: str) -> Iterator[str]:
    """Yield the paths of the sweeps that have a record and folders of runs."""
    for names in folders.sweep_places(folder):
        place = os.path.join(folder, *names)
        has_record = os.path.exists(os.path.join(place, folders.SWEEP_RECORD))
        is_left = not folders.is_being_removed(place)  # its rows are gone, as a person wanted
        if has_record and is_left and folders.folders_in(os.path.join(place, folders.RUNS)):
            yield "/".join(names)
