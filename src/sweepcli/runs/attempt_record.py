"""The record beside an attempt: how it was started, of which run it is, and how it ended.

It is `command.json`. With the event file and the output it has all that the database says of an
attempt, so that `sweep repair` can rebuild that; and an agent writes each end here before the
database has it. The run owns the folder and may do anything to it: who ends an attempt
writes all that he knows himself, and what is read is checked.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.errors import complaint, unwritable
from sweepcli.records import DONE, CodeSeen, Ending, Run, RunState
from sweepcli.runs import record_file
from sweepcli.values import finite, is_unicode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sweepcli.records import JSON

ENDS = (*DONE, RunState.PREEMPTED)  # of attempts
LARGEST = 2**53  # a larger number is no count of ours
OWN = ("id", "number", "key", "attempt", "created_at", "started_at", "agent_id", "params")
EARLIER = "says nothing of its run (an earlier version of sweepcli has written it)"


class Holder(NamedTuple):
    """The process that has an attempt; its pid is 0 for a person's own launcher."""

    host: str
    pid: int


class Over(NamedTuple):
    """How an attempt ended."""

    ending: Ending  # without the output, which has a file of its own
    then: RunState  # of its run
    logged: int | None  # bytes of its event file that were read; what is behind them came later
    is_retried: bool  # a person has let the run be tried again since


class Record(NamedTuple):
    """What the record of an attempt says."""

    run: Run  # as this attempt had it
    holder: Holder
    over: Over | None  # None if nobody has told the end


def this_process() -> Holder:
    """Return this process as the holder of attempts."""
    return Holder(os.uname().nodename, os.getpid())


def begun(run: Run, argv: Sequence[str], variables: Mapping[str, str]) -> str:
    """Return the record of an attempt that this process is about to start."""
    start = dict(zip(record_file.START, (argv, os.getcwd(), variables), strict=True))
    return json.dumps({**start, "run": _said_of(run, this_process())})


def give_out(folder: str) -> None:
    """Record that a person's own launcher, and not this process, has an attempt that is prepared.

    Raises FolderError if that is not possible.
    """
    try:
        found = record_file.content(folder)
        found["run"]["pid"] = 0
        record_file.write(folder, found)
    except OSError as error:
        raise unwritable("cannot write the run's folder", error) from error


def end(
    folder: str,
    run: Run,
    ending: Ending,
    then: RunState,
    *,
    holder: Holder | None = None,
    logged: int | None = None,
) -> str | None:
    """Record how an attempt ended; return what a person should know if that was not possible.

    Raises StoreUnavailable on a full disk: it may be done again.
    """
    how = {"state": ending.state, "then": then, "exit_code": ending.exit_code}
    over = {**how, "reason": ending.reason, "at": ending.at, "logged": logged}
    said = _said_of(run, holder or this_process())
    return _tried(lambda: record_file.complete(folder, said, over))


def give_back(folder: str, run: Run, *, is_retried: bool = False) -> str | None:
    """Record that a run whose last attempt was this one waits again, as `end` does.

    With `is_retried`, a person wanted it. Where there is no record of that end, nothing is done.
    """
    try:
        record, found = read(folder, run.sweep_id), record_file.content(folder)
    except (OSError, ValueError):
        return None
    if record.over is None or (record.run.id, record.run.attempt) != (run.id, run.attempt):
        return None
    found["ended"]["then"] = RunState.PENDING
    if is_retried:
        found["ended"]["retried"] = True
    return _tried(lambda: record_file.write(folder, found))


def note_code(folder: str, run: Run) -> None:
    """Record which code an attempt had, and which environment, learnt after its start.

    It is for `sweep repair` alone: nobody need know where that is not possible.
    """
    try:
        found = record_file.content(folder)
        if (found["run"]["id"], found["run"]["attempt"]) == (run.id, run.attempt):
            seen = {name: value for name, value in run.seen._asdict().items() if value is not None}
            record_file.write(folder, {**found, "run": {**found["run"], **seen}})
    except (OSError, ValueError, LookupError, TypeError):
        pass


def count_all(folder: str) -> None:
    """Record that all of an attempt's event file counts, since it is written anew.

    Raises OSError, or ValueError for a record that makes no sense.
    """
    found = record_file.content(folder)
    over = found.get("ended")
    if isinstance(over, dict) and over.get("logged") is not None:
        record_file.write(folder, {**found, "ended": {**over, "logged": None}})


def started(folder: str) -> tuple[list[str], str, dict[str, str]] | None:
    """Return arguments, working directory and variables of an attempt; None if not known."""
    try:
        found = record_file.content(folder)
        argv, directory, variables = found["argv"], found["cwd"], found["environment"]
        texts = [*argv, directory, *variables.values()]
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None
    return (argv, directory, variables) if all(map(_is_text, texts)) else None


def read(folder: str, sweep_id: str) -> Record:
    """Return the record of an attempt; raise OSError, or ValueError that says what is wrong."""
    found = record_file.content(folder)
    said = found.get("run")
    if said is None:
        raise ValueError(EARLIER)
    if not isinstance(said, dict) or not all(is_fit(said.get(n)) for n, is_fit in _RUN.items()):
        raise ValueError("what it says of its run makes no sense")
    own = {name: said[name] for name in OWN}
    info = said.get("search_info")
    seen = CodeSeen(*(said.get(name) for name in CodeSeen._fields))
    state = RunState.RUNNING
    run = Run(**own, sweep_id=sweep_id, state=state, search_info=info).with_code(seen)
    return Record(run, Holder(said["host"], said["pid"]), _over(found.get("ended")))


def _over(said: JSON) -> Over | None:
    if said is None:
        return None
    if not isinstance(said, dict) or not all(is_fit(said.get(n)) for n, is_fit in _END.items()):
        raise ValueError("what it says of its end makes no sense")
    ending = Ending(RunState(said["state"]), said["exit_code"], said["reason"], said["at"])
    then, logged = RunState(said["then"]), said["logged"]
    return Over(ending, then, logged, is_retried=said.get("retried") is True)


def _said_of(run: Run, holder: Holder) -> dict[str, JSON]:
    more = {"search_info": run.search_info, **run.seen._asdict()}
    known = {name: value for name, value in more.items() if value is not None}
    return {**{name: getattr(run, name) for name in OWN}, **holder._asdict(), **known}


def _tried(write: Callable[[], None]) -> str | None:
    try:
        write()
    except OSError as error:
        return complaint("cannot record how an attempt ended, for `sweep repair`", error)
    return None


def _is_text(value: JSON) -> bool:
    """Return whether a value is text that a database can hold."""
    return isinstance(value, str) and is_unicode(value)


def _is_number(value: JSON) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST


def _is_count(value: JSON) -> bool:
    return _is_number(value) and value >= 1


def _is_time(value: JSON) -> bool:
    return finite(value) is not None


_RUN: dict[str, Callable[[JSON], bool]] = {
    **dict.fromkeys(("id", "key", "agent_id", "host"), _is_text),
    **dict.fromkeys(("number", "attempt"), _is_count),
    **dict.fromkeys(("created_at", "started_at"), _is_time),
    "pid": _is_number,
    "params": lambda value: isinstance(value, dict),
    "search_info": lambda value: value is None or isinstance(value, dict),
    **dict.fromkeys(CodeSeen._fields, lambda value: value is None or _is_text(value)),
}
_END: dict[str, Callable[[JSON], bool]] = {
    "state": lambda value: value in ENDS,
    "then": lambda value: value in (*ENDS, RunState.PENDING),
    **dict.fromkeys(("exit_code", "logged"), lambda value: value is None or _is_number(value)),
    "reason": lambda value: value is None or _is_text(value),
    "at": _is_time,
}
