"""What people say of a run, for `sweep repair`: `about.json` in its folder, beside its attempts.

It is written before the database has it. The run owns the folder and may do anything to it: no
link of it is followed when writing, and what is read is checked.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from sweepcli import about, folders, regular_files
from sweepcli.errors import complaint

if TYPE_CHECKING:
    from sweepcli.about import About
    from sweepcli.records import Run, Sweep


def note(results: str, sweep: Sweep, run: Run, said: About) -> str | None:
    """Write what people say of a run; return what a person should know if that was not possible.

    It does nothing where the run's folder is on another machine. A run that has none yet gets one.
    Raises StoreUnavailable on a full disk.
    """
    folder = folders.run_folder(results, sweep, run.id)
    is_new = not run.attempt and os.path.exists(folders.sweep_record(results, sweep))
    if not (is_new or os.path.lexists(folder)):
        return None
    inside = os.path.relpath(folder, results).split(os.sep)
    try:
        regular_files.put(results, inside, folders.ABOUT, json.dumps(said) + "\n", makes=is_new)
    except OSError as error:
        return complaint(f"{folder}: cannot note this for `sweep repair`", error)
    return None


def read(folder: str) -> About | None:
    """Return what people said of the run with this folder; None for nothing, or for garbage."""
    try:
        found = json.loads(regular_files.content(os.path.join(folder, folders.ABOUT)))
    except (OSError, ValueError, RecursionError):
        return None
    return about.sound(found)
