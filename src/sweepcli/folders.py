"""The names of the folders and files in a results directory; the one place that knows them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sweepcli.records import Run, Sweep

SWEEP_RECORD = "sweep.yaml"
SWEEP_STATE = "sweep.json"
ABOUT = "about.json"  # in the folder of a run: what people say of it
EVENTS = "events.jsonl"
OUTPUT = "output.log"
CHECKPOINTS = "checkpoints"
PARAMS_JSON = "params.json"
PARAMS_YAML = "params.yaml"
RUNS = "runs"  # in the folder of a sweep: those of its runs
BEING_REMOVED = "being-removed"  # in the folder of a sweep: the mark of `sweep rm`, which goes last
LAUNCHES = "launches"  # in the folder of a sweep: scripts and output of `sweep launch`
SNAPSHOT = "snapshot.tar.gz"  # in the folder of a sweep: its frozen code
CHECKOUTS = "code"  # in the folder of a sweep: that code unpacked, while agents use it
COMMAND = "command.json"  # the record of an attempt
PRESENCE = "agents.lock"  # in the results directory itself
CODE = ".code"  # likewise: versions of the code, and environments; hidden, so no entity's folder
IGNORED = ".gitignore"  # likewise: nobody means to commit results
RUN_DIR_MACRO = "${run_dir}"  # the folder of an attempt, in a config


def make_results(results: str) -> None:
    """Make a results directory that git ignores, unless it is there; raise OSError.

    One that was there may be anything of the user's, so that nothing is added to it.
    """
    try:
        os.makedirs(results)
    except FileExistsError:
        if not os.path.isdir(results):
            raise
        return
    try:
        with open(os.path.join(results, IGNORED), "x", encoding="utf-8") as file:
            file.write("*\n")
    except OSError:  # it is a courtesy
        pass


def is_below(path: str, folder: str) -> bool:
    """Return whether a path is a folder, or is in it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def presence(results: str) -> str:
    """Return the file whose lock says that agents are at work in a results directory."""
    return os.path.join(results, PRESENCE)


def sweep_places(results: str) -> Iterator[tuple[str, str, str]]:
    """Yield entity, project and id of each folder that may be a sweep's, in order."""
    for entity in folders_in(results):
        for project in folders_in(os.path.join(results, entity)):
            for sweep_id in folders_in(os.path.join(results, entity, project)):
                yield entity, project, sweep_id


def folders_in(place: str) -> list[str]:
    """Return the names of the folders in a place, which need not be there, in order.

    Without those that are hidden, or whose names a database cannot hold.
    """
    try:
        names = sorted(os.listdir(place))
    except OSError:
        return []
    shown = (name for name in names if name.isprintable() and name[0] != ".")
    return [name for name in shown if os.path.isdir(os.path.join(place, name))]


def sweep_folder(results: str, sweep: Sweep) -> str:
    """Return the folder of a sweep."""
    return os.path.join(results, sweep.entity, sweep.project, sweep.id)


def launches_folder(results: str, sweep: Sweep) -> str:
    """Return the folder for scripts that `sweep launch` submits to a cluster, and their output."""
    return os.path.join(sweep_folder(results, sweep), LAUNCHES)


def sweep_record(results: str, sweep: Sweep) -> str:
    """Return the file with a sweep's config as it was understood."""
    return os.path.join(sweep_folder(results, sweep), SWEEP_RECORD)


def snapshot(results: str, sweep: Sweep) -> str:
    """Return the file with the code of a sweep that is frozen."""
    return os.path.join(sweep_folder(results, sweep), SNAPSHOT)


def removal_mark(folder: str) -> str:
    """Return the file in a sweep's folder which says that `sweep rm` has begun to remove it."""
    return os.path.join(folder, BEING_REMOVED)


def is_being_removed(folder: str) -> bool:
    """Return whether `sweep rm` has begun to remove a sweep's folder."""
    return os.path.lexists(removal_mark(folder))


def run_folder(results: str, sweep: Sweep, run_id: str) -> str:
    """Return the folder of a run, over all its attempts."""
    return os.path.join(sweep_folder(results, sweep), RUNS, run_id)


def attempt_folder(results: str, sweep: Sweep, run_id: str, attempt: int) -> str:
    """Return the folder of one attempt at a run."""
    return os.path.join(run_folder(results, sweep, run_id), str(attempt))


def last_attempt_folder(results: str, sweep: Sweep, run: Run) -> str:
    """Return the folder of the last attempt at a run."""
    return attempt_folder(results, sweep, run.id, run.attempt)


def checkpoint_folder(results: str, sweep: Sweep, run_id: str) -> str:
    """Return the folder for the checkpoints of a run, the same for all its attempts."""
    return os.path.join(run_folder(results, sweep, run_id), CHECKPOINTS)
