"""Puts a database that was rebuilt in the place of SQLite's file, whatever is killed meanwhile.

The new one is made in a folder beside the old one. From the moment when it is whole, a plan
in that folder says so, and nobody opens the database until the plan is carried out: its files
are several, and SQLite would take the old `-wal` for the new file's. The old files get free names.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import folders
from sweepcli.errors import StoreError, unwritable
from sweepcli.stores import sqlite, unfinished
from sweepcli.stores.lock_files import WriteLock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sweepcli.records import JSON

BESIDE = ("-wal", "-shm", "-journal")  # SQLite's own files beside a database
# The bytes by which SQLite locks a database: who has it open holds one of these.
SHARED_FIRST, SHARED_SIZE = 0x4000_0002, 510
PATIENCE_S, PAUSE_S = 2.0, 0.02  # for commands that look


class Place(NamedTuple):
    """Where a database is, and where another one is made."""

    folder: str

    @property
    def path(self) -> str:
        """The file of the database."""
        return os.path.join(self.folder, sqlite.FILE_NAME)

    @property
    def site(self) -> str:
        """The folder in which the new one is made."""
        return unfinished.site(self.path)

    @property
    def made(self) -> str:
        """The file of the new one."""
        return os.path.join(self.site, sqlite.FILE_NAME)

    @property
    def plan(self) -> str:
        """The file which says that the new one is whole."""
        return unfinished.plan(self.path)


@contextmanager
def writers_wait(place: Place) -> Iterator[None]:
    """Keep all who write a database waiting, whether it is there or not."""
    try:
        folders.make_results(place.folder)
        lock = WriteLock(f"{place.path}.lock")
    except OSError as error:
        raise unwritable("cannot repair the database", error) from error
    with closing(lock), lock.held():
        yield


@contextmanager
def site(place: Place) -> Iterator[None]:
    """Make an empty folder for a new database, and remove it if there is no plan at the end.

    Meanwhile nobody opens the old one to write. Raises StoreError if a program has it open.
    """
    try:
        with _nobody_has(place.path):
            shutil.rmtree(place.site, ignore_errors=True)  # of a repair that was killed
            os.mkdir(place.site)
            fd = os.open(place.site, os.O_RDONLY)
    except OSError as error:
        raise unwritable("cannot repair the database", error) from error
    try:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        if not os.path.exists(place.plan):
            shutil.rmtree(place.site, ignore_errors=True)
        os.close(fd)


def carry_out(place: Place, said: JSON) -> str | None:
    """Put the new database, which is closed, in its place; return the name of the old file.

    `said` is what `finish` returns if this is killed. None if there was no old file.
    """
    number = 1
    while any(os.path.lexists(f"{place.path}.old-{number}{end}") for end in ("", *BESIDE)):
        number += 1
    try:
        _sync(place.made)
        with open(f"{place.plan}.new", "w", encoding="utf-8") as file:
            json.dump({"old": f"{place.path}.old-{number}", "said": said}, file)
        _sync(f"{place.plan}.new")
        os.replace(f"{place.plan}.new", place.plan)
        _sync(place.site)
    except OSError as error:
        raise unwritable("cannot repair the database", error) from error
    return finish(place)[0]


def finish(place: Place) -> tuple[str | None, JSON]:
    """Do what is left of a plan; return the name of the old file, and what was said."""
    with open(place.plan, encoding="utf-8") as file:
        plan = json.load(file)
    old = plan["old"]
    try:
        if os.path.exists(place.made):
            with _nobody_has(place.path):
                _exchange(place, old)
        _sync(place.folder)
        for name in sorted(set(os.listdir(place.site)) - {os.path.basename(place.plan)}):
            os.remove(os.path.join(place.site, name))
        os.remove(place.plan)  # last: until then the repair is to be finished
        os.rmdir(place.site)
    except OSError as error:
        raise unwritable("cannot put the new database in its place", error) from error
    return (old if os.path.exists(old) else None), plan["said"]


def _exchange(place: Place, old: str) -> None:
    """Give the old files other names; the database itself is there at any time."""
    if os.path.exists(place.path):
        _take_after(place)
        if not os.path.exists(old):
            try:
                os.link(place.path, old)
            except OSError:  # a file system without hard links
                os.rename(place.path, old)
    for end in BESIDE:
        if os.path.lexists(place.path + end):
            os.rename(place.path + end, _free(old + end))
    os.rename(place.made, place.path)


def _take_after(place: Place) -> None:
    """Give the new database the mode of the old one, and if we may, its owner."""
    status = os.stat(place.path)
    os.chmod(place.made, status.st_mode & 0o777)
    with suppress(PermissionError):
        os.chown(place.made, status.st_uid, status.st_gid)


def _free(path: str) -> str:
    number = 1
    name = path
    while os.path.lexists(name):
        number += 1
        name = f"{path}.{number}"
    return name


def _sync(path: str) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


@contextmanager
def _nobody_has(path: str) -> Iterator[None]:
    """Keep everybody from opening a database; raise StoreError if a program has it open."""
    try:
        fd = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        yield
        return
    try:
        until = time.monotonic() + PATIENCE_S
        while not _is_ours(fd):
            if time.monotonic() > until:
                raise StoreError(f"{path}: {_holder(fd)} has it open; end that, and then try again")
            time.sleep(PAUSE_S)
        yield
    finally:
        os.close(fd)


def _is_ours(fd: int) -> bool:
    try:
        fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB, SHARED_SIZE, SHARED_FIRST)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _holder(fd: int) -> str:
    """Return who has a lock on a file, as far as the system says."""
    inode = os.fstat(fd).st_ino
    with suppress(OSError), open("/proc/locks", encoding="ascii") as file:
        for line in file:
            words = line.split()  # 1: POSIX ADVISORY READ 4711 fd:01:131 0 EOF
            if len(words) == 8 and words[1] == "POSIX" and words[5].endswith(f":{inode}"):
                return f"process {words[4]}"
    return "another program"
