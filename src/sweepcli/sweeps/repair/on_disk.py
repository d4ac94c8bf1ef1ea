"""What the files in a results directory say of its sweeps and runs.

Runs and people may have done anything to these files: what cannot be used is told, with its path,
and never ends the reading.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import about, folders, regular_files
from sweepcli.errors import SweepError
from sweepcli.records import Sweep, SweepState
from sweepcli.runs import attempt_record
from sweepcli.sweep_config import document
from sweepcli.sweep_config.parse import parse
from sweepcli.sweeps import state_file
from sweepcli.values import whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sweepcli.runs.attempt_record import Record
    from sweepcli.sweeps.state_file import Kept

    Tell = Callable[[str, object], None]  # the path of what cannot be used, and why

LONGEST_NUMBER = 9  # digits of an attempt's
UNREADABLE = (OSError, SweepError, ValueError, LookupError, TypeError, AttributeError)
ANOTHER = "is the record of another one: was its folder copied or renamed?"


class FoundSweep(NamedTuple):
    """A sweep that has a record."""

    folder: str
    sweep: Sweep  # pending; created when its record was written, unless `kept` knows better
    kept: Kept | None


class FoundRun(NamedTuple):
    """The folder of a run."""

    run_id: str
    attempts: list[tuple[str, Record]]  # each with its folder, in order
    unusable: list[tuple[str, str]]  # the files of other attempts, and what is wrong with them


def has_sweeps(results: str) -> bool:
    """Return whether there is the record of a sweep in a results directory."""
    places = (os.path.join(results, *names) for names in folders.sweep_places(results))
    return any(os.path.lexists(os.path.join(each, folders.SWEEP_RECORD)) for each in places)


def sweeps(
    results: str, tell: Tell, is_removed: Callable[[str, str], bool]
) -> Iterator[FoundSweep]:
    """Yield the sweeps that have a record in a results directory.

    Without those that `is_removed` says are removed, given a folder with the mark of `sweep rm` and
    the sweep's id.
    """
    for names in folders.sweep_places(results):
        folder = os.path.join(results, *names)
        if folders.is_being_removed(folder) and is_removed(folder, names[-1]):
            continue
        if found := _sweep(results, *names, tell):
            yield found


def _sweep(results: str, entity: str, project: str, sweep_id: str, tell: Tell) -> FoundSweep | None:
    folder = os.path.join(results, entity, project, sweep_id)
    path = os.path.join(folder, folders.SWEEP_RECORD)
    try:
        text = regular_files.content(path)
        written_at = os.stat(path).st_mtime
        raw = document.read(text, path).data
        config, name = parse(raw), raw.get("name")
        if not isinstance(name, str | None):
            raise TypeError("its `name` is not text")
    except FileNotFoundError:
        if folders.folders_in(os.path.join(folder, folders.RUNS)):
            tell(path, "is not there, so the runs beside it are of no known sweep")
        return None
    except UNREADABLE as error:
        tell(path, f"cannot be read: {_why(error)}")
        return None
    state = SweepState.PENDING
    made = Sweep(sweep_id, entity, project, state, config, written_at, name)
    try:
        kept = state_file.read(folder)
    except (OSError, ValueError):
        return FoundSweep(folder, made, None)
    said = about.sound(kept.about)
    known = made._replace(created_at=kept.created_at, about=said, code=kept.code)
    return FoundSweep(folder, known, kept)


def runs(found: FoundSweep) -> Iterator[FoundRun]:
    """Yield the runs of a sweep that have a folder."""
    for run_id in folders.folders_in(os.path.join(found.folder, folders.RUNS)):
        place = os.path.join(found.folder, folders.RUNS, run_id)
        run = FoundRun(run_id, [], [])
        for number in sorted(int(name) for name in folders.folders_in(place) if _is_number(name)):
            folder = os.path.join(place, str(number))
            try:
                record = attempt_record.read(folder, found.sweep.id)
                _refuse_other(record, run, number)
            except (OSError, ValueError) as error:
                run.unusable.append((os.path.join(folder, folders.COMMAND), _why(error)))
            else:
                run.attempts.append((folder, record))
        yield run


def _refuse_other(record: Record, run: FoundRun, number: int) -> None:
    """Raise ValueError for the record of another attempt, or of another run than the last one's."""
    its = record.run
    before = run.attempts[-1][1].run if run.attempts else its
    same = (before.number, before.key) == (its.number, its.key)
    if not same or (its.id, its.attempt) != (run.run_id, number):
        raise ValueError(ANOTHER)


def _is_number(name: str) -> bool:
    return whole(name, LONGEST_NUMBER) is not None and not name.startswith("0")


def _why(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
