"""Whether the code is still what a run had, as far as that is known without a look."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sweepcli.code import place
from sweepcli.code.watch import Watch
from sweepcli.runs import programs

if TYPE_CHECKING:
    from sweepcli.records import Run, Sweep


def note(run: Run, sweep: Sweep, results: str, folder: str) -> str | None:
    """Return what is to be said of a command that starts a run again in a folder, if anything."""
    if run.code is None:
        return None
    if sweep.config.code.is_frozen:
        return f"run {run.id} had frozen code, {run.code}, and this starts the code as it is now"
    interpreter = programs.file_of(programs.interpreter())
    at = place.place_of(sweep.config, results=results, cwd=folder, interpreter=interpreter)
    watch = Watch(at, os.environ)
    if watch.seen is None:
        return None
    watch.check()
    if watch.now.code is None:
        return f"the code has changed since it was last looked at; run {run.id} had {run.code}"
    if watch.now.code != run.code:
        return f"the code is now {watch.now.code}, and run {run.id} had {run.code}"
    return None
