"""The folder of a sweep in a results directory, on its way out: never through a link.

Each folder on the way, and in it, is opened relative to the one above it, and not followed where it
is a link. So whatever runs have put there, and whatever is exchanged meanwhile, nothing outside is
touched.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import folders
from sweepcli.errors import FolderError, unwritable
from sweepcli.stores import one_machine

if TYPE_CHECKING:
    from collections.abc import Iterator

FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
DEEPEST = 100  # folders inside one another: each is open while what is in it goes
THROUGH_A_LINK = (
    "{path} is a link or no folder, and `sweep rm` goes through none; remove the sweep's folder "
    "yourself, then repeat the command"
)
MOUNTED = "{point}: a file system is mounted there, which `sweep rm` does not empty; unmount it"
TOO_DEEP = "more than {} folders inside one another"


class Left(NamedTuple):
    """What could not be removed, and why."""

    path: str
    why: str


class Size(NamedTuple):
    """How much is in a folder."""

    files: int = 0
    bytes: int = 0


class SweepFolder:
    """The folder of a sweep, which may be a link, or not be there."""

    def __init__(self, results: str, names: tuple[str, str, str], above: int | None) -> None:
        """`above` is the open folder of the project, None if it is not there."""
        self.results = results
        self.names = names
        self.path = os.path.join(results, *names)
        self._above = above
        self._link: str | None = None  # what it has led to
        mode = 0 if above is None else _mode(names[-1], above)
        self.is_link = stat.S_ISLNK(mode)
        self.is_there = stat.S_ISDIR(mode)
        if mode and not (self.is_link or self.is_there):
            raise FolderError(THROUGH_A_LINK.format(path=self.path))

    def refuse_mounted(self) -> None:
        """Raise FolderError if a file system is mounted in it: it may be another folder's."""
        real = os.path.join(os.path.realpath(self.results), *self.names)
        for point in one_machine.points_within(real) if self.is_there else ():
            raise FolderError(MOUNTED.format(point=point))

    def mark(self) -> None:
        """Say in it that it goes; of a link, which has no room for that, remove the link itself."""
        try:
            if self.is_link:
                self._link = os.readlink(self.names[-1], dir_fd=self._above)
                os.unlink(self.names[-1], dir_fd=self._above)
            elif self.is_there:
                with self._opened() as fd:
                    flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW
                    os.close(os.open(folders.BEING_REMOVED, flags, 0o666, dir_fd=fd))
        except OSError as error:
            raise unwritable("cannot mark the sweep's folder as removed", error) from error

    def unmark(self) -> None:
        """Take that back."""
        with suppress(OSError):
            if self._link is not None:
                os.symlink(self._link, self.names[-1], dir_fd=self._above)
            elif self.is_there:
                os.unlink(folders.removal_mark(self.path))

    def remove(self) -> list[Left]:
        """Remove it, its mark last, and the folders above it if they are empty; return the rest."""
        left: list[Left] = []
        if self.is_there:
            self.mark()  # whoever saw the sweep alive has taken it away
            with self._opened() as fd:
                _empty(fd, self.path, left, but=folders.BEING_REMOVED)
                if not left:
                    os.unlink(folders.BEING_REMOVED, dir_fd=fd)
            if not left:
                self._remove_empty(left)
        if not left:
            self._remove_above()
        return left

    def size(self) -> Size:
        """Return how much is in it; what cannot be read is not counted."""
        if not self.is_there:
            return Size()
        with self._opened() as fd:
            return _size(fd, DEEPEST)

    @contextmanager
    def _opened(self) -> Iterator[int]:
        try:
            fd = os.open(self.names[-1], FLAGS, dir_fd=self._above)
        except OSError as error:
            raise FolderError(f"{self.path}: {error.strerror}") from error
        try:
            yield fd
        finally:
            os.close(fd)

    def _remove_empty(self, left: list[Left]) -> None:
        try:
            os.rmdir(self.names[-1], dir_fd=self._above)
        except FileNotFoundError:
            pass
        except OSError as error:  # somebody has just written there
            left.append(Left(self.path, str(error.strerror)))
            self.mark()

    def _remove_above(self) -> None:
        """Remove the folders of its project and entity, if nothing else is there."""
        if self._above is not None:
            entity, project, _ = self.names
            with suppress(OSError):
                os.rmdir(os.path.join(self.results, entity, project))
                os.rmdir(os.path.join(self.results, entity))


@contextmanager
def at(results: str, names: tuple[str, str, str]) -> Iterator[SweepFolder]:
    """Open the folder of a sweep by the names of entity, project and sweep.

    Raises FolderError if a link leads to it. Names that lead elsewhere have no folder.
    """
    above = None
    try:
        if all(map(_is_name, names)):
            above = _folder_above(results, names)
        yield SweepFolder(results, names, above)
    finally:
        if above is not None:
            os.close(above)


def _is_name(name: str) -> bool:
    """Return whether a name is one of something inside a folder."""
    return name not in ("", os.curdir, os.pardir) and not {"/", "\0"} & {*name}


def _folder_above(results: str, names: tuple[str, str, str]) -> int | None:
    """Open the folder of a project; None if it is not there."""
    path, fd = results, None
    try:
        fd = os.open(results, FLAGS & ~os.O_NOFOLLOW)
        for name in names[:2]:
            path = os.path.join(path, name)
            above, fd = fd, os.open(name, FLAGS, dir_fd=fd)
            os.close(above)
    except FileNotFoundError:
        if fd is not None:
            os.close(fd)
        return None
    except OSError as error:
        if fd is not None:
            os.close(fd)
        is_no_folder = error.errno in (errno.ELOOP, errno.ENOTDIR)
        text = THROUGH_A_LINK.format(path=path) if is_no_folder else f"{path}: {error.strerror}"
        raise FolderError(text) from error
    return fd


def _mode(name: str, above: int) -> int:
    try:
        return os.stat(name, dir_fd=above, follow_symlinks=False).st_mode
    except FileNotFoundError:
        return 0


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
    fd = os.open(name, FLAGS, dir_fd=above)
    try:
        if os.fstat(fd).st_dev != device:
            left.append(Left(path, "a file system is mounted there"))
        else:
            _empty(fd, path, left, depth=depth)
    finally:
        os.close(fd)
    if len(left) == before:
        os.rmdir(name, dir_fd=above)


def _size(fd: int, depth: int) -> Size:
    files = size = 0
    with suppress(OSError), os.scandir(fd) as entries:
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                files, size = files + 1, size + entry.stat(follow_symlinks=False).st_size
            elif depth:
                more = _size_of_folder(entry.name, fd, depth - 1)
                files, size = files + more.files, size + more.bytes
    return Size(files, size)


def _size_of_folder(name: str, above: int, depth: int) -> Size:
    try:
        fd = os.open(name, FLAGS, dir_fd=above)
    except OSError:
        return Size()
    try:
        return _size(fd, depth)
    finally:
        os.close(fd)
