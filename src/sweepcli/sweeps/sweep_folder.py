"""The folder of a sweep in a results directory, on its way out: never through a link.

Each folder on the way, and in it, is opened relative to the one above it, and not followed where it
is a link. So whatever runs have put there, and whatever is exchanged meanwhile, nothing outside is
touched.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import folders, regular_files
from sweepcli.errors import FolderError, unwritable
from sweepcli.stores import one_machine

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

DEEPEST = 100  # folders inside one another: each is open while what is in it goes
THROUGH_A_LINK = (
    "{path} is a link or no folder, and `sweep rm` goes through none; put the folder itself in its "
    "place, then repeat the command"
)
MOUNTED = "{point}: a file system is mounted there, which `sweep rm` does not empty; unmount it"
TOO_DEEP = "more than {} folders inside one another"


class Left(NamedTuple):
    """What could not be removed, and why."""

    path: str
    why: str


class SweepFolder:
    """The folder of a sweep, which may not be there."""

    def __init__(self, results: str, names: tuple[str, str, str]) -> None:
        """Take the names of entity, project and sweep; those that lead elsewhere have no folder.

        Raises FolderError if it is a link, or if a link leads to it.
        """
        self.results, self.names = results, names
        self.path = os.path.join(results, *names)
        self.is_there = self._is_there()

    def refuse_mounted(self) -> None:
        """Raise FolderError if a file system is mounted in it: it may be another folder's."""
        real = os.path.join(os.path.realpath(self.results), *self.names)
        for point in one_machine.points_within(real) if self.is_there else ():
            raise FolderError(MOUNTED.format(point=point))

    def mark(self) -> None:
        """Say in it that it goes."""
        if not self.is_there:
            return
        try:
            with self._opened() as fd:
                _mark(fd)
        except OSError as error:
            raise unwritable(f"{self.path}: cannot mark it as removed", error) from error

    def unmark(self) -> None:
        """Take that back."""
        with suppress(OSError), self._opened() as fd:
            os.unlink(folders.BEING_REMOVED, dir_fd=fd)

    def remove(self) -> list[Left]:
        """Remove it, its mark last, and the folders above it if they are empty; return the rest."""
        left: list[Left] = []
        try:
            if self.is_there:
                self._remove(left)
        except FileNotFoundError:  # somebody was faster
            pass
        except OSError as error:
            left.append(Left(self.path, str(error.strerror)))
        return left

    def size(self) -> tuple[int, int]:
        """Return how many files are in it, and their bytes, without what cannot be read."""
        count = size = 0
        with suppress(OSError, RecursionError), self._opened() as top:
            for _, _, names, fd in os.fwalk(dir_fd=top):
                count += len(names)
                for name in names:
                    with suppress(OSError):
                        size += os.stat(name, dir_fd=fd, follow_symlinks=False).st_size
        return count, size

    def _is_there(self) -> bool:
        try:
            with self._opened():
                return True
        except (FileNotFoundError, regular_files.NotRegular):
            return False
        except OSError as error:
            if error.errno not in (errno.ELOOP, errno.ENOTDIR):
                raise FolderError(f"{error.filename}: {error.strerror}") from error
            raise FolderError(THROUGH_A_LINK.format(path=error.filename)) from error

    def _opened(self, depth: int = 3) -> AbstractContextManager[int]:
        return regular_files.folder(self.results, self.names[:depth])

    def _remove(self, left: list[Left]) -> None:
        with self._opened() as fd:
            _mark(fd)  # whoever saw the sweep alive has taken it away
            _empty(fd, self.path, left, but=folders.BEING_REMOVED)
            if not left:
                _empty(fd, self.path, left)
        if left:
            return
        try:
            self._remove_level(3)
        except OSError:  # somebody has just written there
            with suppress(OSError), self._opened() as fd:
                _mark(fd)
            raise
        with suppress(OSError):  # other sweeps are there
            self._remove_level(2)
            self._remove_level(1)

    def _remove_level(self, depth: int) -> None:
        with self._opened(depth - 1) as fd:
            os.rmdir(self.names[depth - 1], dir_fd=fd)


def _mark(fd: int) -> None:
    with suppress(FileExistsError):  # whatever is there
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        os.close(os.open(folders.BEING_REMOVED, flags, 0o666, dir_fd=fd))


def _empty(
    fd: int, path: str, left: list[Left], *, but: str | None = None, depth: int = DEEPEST
) -> None:
    """Remove all that is in an open folder `but` one name; add what stays to `left`."""
    device = os.fstat(fd).st_dev
    with os.scandir(fd) as entries:
        found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    for name, is_folder in found:
        if name == but:
            continue
        inside = os.path.join(path, name)
        try:
            if not is_folder:
                os.unlink(name, dir_fd=fd)
            elif not depth:
                left.append(Left(inside, TOO_DEEP.format(DEEPEST)))
            else:
                _remove_folder(name, fd, inside, left, device=device, depth=depth - 1)
        except FileNotFoundError:  # somebody was faster
            continue
        except OSError as error:
            left.append(Left(inside, str(error.strerror)))


def _remove_folder(
    name: str, above: int, path: str, left: list[Left], *, device: int, depth: int
) -> None:
    before = len(left)
    fd = os.open(name, regular_files.FOLDER | os.O_NOFOLLOW, dir_fd=above)
    try:
        status = os.fstat(fd)
        if status.st_dev != device:
            left.append(Left(path, "a file system is mounted there"))
        else:
            if not status.st_mode & stat.S_IWUSR:  # of frozen code
                with suppress(OSError):  # another user's
                    os.fchmod(fd, status.st_mode | stat.S_IWUSR)
            _empty(fd, path, left, depth=depth)
    finally:
        os.close(fd)
    if len(left) == before:
        os.rmdir(name, dir_fd=above)
