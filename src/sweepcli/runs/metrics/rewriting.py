"""Reads the metrics of an attempt that has ended again, from its kept output and files.

The rows that were copied from there before are replaced in its event file; what the script or
W&B's log wrote stays. Whatever is killed, the event file is the old one or the new one, and its
record says how much of it counts.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import folders, regular_files, wire
from sweepcli.runs import attempt_record
from sweepcli.runs.metrics import COARSE_S, Reading, signature, source
from sweepcli.runs.metrics.events import EventFile
from sweepcli.runs.metrics.growing import PIECE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import BinaryIO

    from sweepcli.records import MetricsFrom
    from sweepcli.runs.metrics import Source

OUTPUT = "output"  # the origin of rows that are read of what a run printed


class Ended(NamedTuple):
    """An attempt that has ended."""

    run_id: str
    attempt: int
    folder: str
    limit: int | None  # bytes of its event file that count, if not all
    started_at: float
    ended_at: float
    was_alone_at: Callable[[float], bool]  # whether no other attempt of the sweep ran then


class Reread(NamedTuple):
    """What became of an attempt's rows."""

    is_read: bool  # then all of its event file counts
    rows: int  # that were read again
    left: list[str]  # why some are as they were
    complaints: list[str]  # what the sources complain of


class _Wanted(NamedTuple):
    """A source that is read again."""

    origins: set[str]  # of the rows that it replaces
    read: Source


def reread(ended: Ended, before: MetricsFrom | None, now: MetricsFrom) -> Reread:
    """Replace the rows of an attempt's event file that are from other sources.

    Raises OSError if it cannot be read or written.
    """
    left: list[str] = []
    wanted = [*_readable(ended, now, left)]
    dropped = _origins(before) - _origins(now)
    for each in wanted:
        dropped |= each.origins
    if not wanted:
        return Reread(is_read=False, rows=0, left=left, complaints=[])
    path = os.path.join(ended.folder, folders.EVENTS)
    beside = f"{path}.{os.getpid()}"
    try:
        with open(regular_files.fresh(beside), "wb") as file:
            rows = _write(file, EventFile(path, ended.limit), wanted, dropped)
        _put(ended, beside, path)
    finally:
        with suppress(OSError):
            os.unlink(beside)
    complaints = [text for each in wanted for text in each.read.complaints()]
    return Reread(is_read=True, rows=rows, left=left, complaints=complaints)


def _origins(asked: MetricsFrom | None) -> set[str]:
    if asked is None:
        return set()
    return {name for name in asked.origins if name != OUTPUT or asked.output}


def _readable(ended: Ended, asked: MetricsFrom, left: list[str]) -> Iterator[_Wanted]:
    """Yield the sources that are still there; add what is not to `left`."""
    directory = _directory(ended)
    reading = Reading(
        run_id=ended.run_id,
        folder=ended.folder,
        started_at=ended.started_at,
        goes_on=True,
        open_files=tuple,
        directory=directory or "",
    )
    if asked.output:
        if os.path.isfile(reading.output):
            yield _Wanted({OUTPUT}, source("output", asked.output, reading))
        else:
            left.append(f"{reading.output} is not there any more")
    for name, text in (("json", asked.json), ("csv", asked.csv)):
        if text is None:
            continue
        if why := _why_not(ended, text, reading, directory):
            left.append(why)
        else:
            yield _Wanted({text}, source(name, text, reading))


def _directory(ended: Ended) -> str | None:
    """Return where relative paths begin: the folder in which the agent was started."""
    found = attempt_record.started(ended.folder)
    return found[1] if found else None


def _why_not(ended: Ended, text: str, reading: Reading, directory: str | None) -> str | None:
    """Return why a file cannot be read again, or is not surely of this attempt; None if it is."""
    path = reading.path_of(text)
    if folders.RUN_DIR_MACRO not in text and not os.path.isabs(path) and directory is None:
        return f"{text} is relative to the agent's folder, which is not recorded"
    found = signature(path)
    if found is None:
        return f"{path} is not there any more"
    if folders.RUN_DIR_MACRO in text:
        return None
    at = found[0] / 1e9
    if not ended.started_at - COARSE_S <= at <= ended.ended_at:
        return f"{path} was not written by it, or was written again later"
    if not ended.was_alone_at(at):
        return f"{path}: several runs were at work when it was written"
    return None


def _write(file: BinaryIO, old: EventFile, wanted: Sequence[_Wanted], dropped: set[str]) -> int:
    """Write the lines that stay, and the new rows where the first old one was; return how many."""
    rows = None
    while True:
        for line in old.lines(ended=True):
            if not _is_from(line, dropped):
                file.write(line + b"\n")
            elif rows is None:
                rows = _write_rows(file, wanted)
        if not old.has_more:
            break
    if old.trouble is not None:
        raise old.trouble
    return _write_rows(file, wanted) if rows is None else rows


def _write_rows(file: BinaryIO, wanted: Sequence[_Wanted]) -> int:
    count = 0
    for each in wanted:
        while True:
            for origin, event in each.read.drain(ended=True):
                file.write(wire.encode({**event, wire.ORIGIN: origin}))
                count += 1
            if not each.read.has_more:
                break
    return count


def _is_from(line: bytes, origins: set[str]) -> bool:
    """Return whether a line was copied from one of these."""
    if b'"' + wire.ORIGIN.encode() + b'"' not in line:
        return False
    with suppress(ValueError):
        return wire.decode(line).get(wire.ORIGIN) in origins
    return False


def _put(ended: Ended, beside: str, path: str) -> None:
    """Let a new event file take the place of the old one, and the record say that all counts."""
    if os.path.exists(path):
        if ended.limit is not None and ended.limit < os.stat(path).st_size:
            os.truncate(path, ended.limit)  # what came after its end has never counted
        if _are_same(beside, path):
            return
    elif not os.stat(beside).st_size:
        return
    with suppress(FileNotFoundError, ValueError):  # the run has removed it, or spoilt it
        attempt_record.count_all(ended.folder)
    os.replace(beside, path)


def _are_same(one: str, other: str) -> bool:
    with open(one, "rb") as first, regular_files.opened(other) as second:
        while (piece := first.read(PIECE)) == second.read(PIECE):
            if not piece:
                return True
    return False
