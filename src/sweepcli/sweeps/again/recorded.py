"""What is known of the code and the environment that a run had."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import folders
from sweepcli.code import contents, environment, version
from sweepcli.code.contents import Wanted
from sweepcli.errors import NotSupported, UnknownRun
from sweepcli.runs import frozen

if TYPE_CHECKING:
    from sweepcli.code.environment import Environment
    from sweepcli.records import Run, Sweep
    from sweepcli.stores import Store


class NotRecorded(NotSupported):
    """Nobody ever wrote down which code a run had."""


class Recorded(NamedTuple):
    """A run, with what is known of its code and environment."""

    run: Run
    sweep: Sweep
    results: str
    environment: Environment | None  # None: not known here
    packages: dict[str, str]  # empty: likewise


def of(sweep: Sweep, run: Run, results: str) -> Recorded:
    """Return what is known of a run's environment."""
    found, packages = environment.known(results, run.environment)
    return Recorded(run, sweep, results, found, packages or {})


def code(store: Store, known: Recorded) -> Wanted:
    """Return the version of the code that a run had.

    Raises UnknownRun for a run that has not started, NotRecorded if nobody wrote it down, and
    NotSupported if it is on another machine.
    """
    run, results = known.run, known.results
    if not run.attempt:
        raise UnknownRun(f"run {run.id} has not started yet, so that it has no code")
    if run.code is None:
        is_off = not known.sweep.config.code.is_recorded
        why = "its sweep has `code: off`" if is_off else "an earlier version of sweepcli ran it"
        raise NotRecorded(f"the code of run {run.id} was not recorded: {why}")
    archive = _archive(store, known)
    try:
        found = version.read(results, run.code)
        files = version.files(results, run.code)
    except (OSError, ValueError) as error:
        if archive:  # from a store that machines share
            return contents.of_archive(results, archive, os.getcwd())
        raise NotSupported(_elsewhere(store, run, results, error)) from error
    return Wanted(results, found, files, os.getcwd(), archive)


def _archive(store: Store, known: Recorded) -> str | None:
    """Return the file with the frozen code of a run, if it was frozen."""
    sweep, results = known.sweep, known.results
    if not sweep.config.code.is_frozen or known.run.code != sweep.code:
        return None
    return folders.snapshot(results, sweep) if frozen.fetch(store, sweep, results) else None


def _elsewhere(store: Store, run: Run, results: str, error: OSError | ValueError) -> str:
    hosts = [each.host for each in store.attempts(run.id) if each.attempt == run.attempt]
    which = f"version {run.code} of the code, which run {run.id} had,"
    if isinstance(error, FileNotFoundError):
        if hosts and hosts[0] != os.uname().nodename:
            return f"{which} is recorded on {hosts[0]}, where it ran: call this there"
        return f"{which} is not in {os.path.join(results, folders.CODE)} any more"
    return f"{which} cannot be read in {results}: {error}"
