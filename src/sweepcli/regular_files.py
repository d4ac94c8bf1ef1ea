"""Opens the files that runs own, which may be anything: regular files only, and without waiting.

A run can put a FIFO in the place of its event file, on which `open` waits for good, or a device,
whose bytes have no end. Whoever reads or writes such a place opens it here. What a user names
(a config, the target of an export) may be a pipe, and is opened as usual.

Leaf module, also loaded inside the training process: it imports nothing slow.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager, suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

KINDS = {
    stat.S_IFIFO: "a FIFO",
    stat.S_IFDIR: "a directory",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
LARGEST = 16 << 20  # bytes of one line, or of a file that is read as a whole
# What passes without anybody's help to the file itself: a full disk, a lack of descriptors.
MAY_PASS = frozenset(
    {
        *(errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.ESTALE, errno.ETIMEDOUT),
        *(errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.EINTR),
    }
)


class NotRegular(OSError):
    """What is there is not a regular file, or is larger than what we read at once."""

    def __init__(self, path: str, what: str) -> None:
        super().__init__(errno.EINVAL, what, path)

    def __str__(self) -> str:
        return f"{self.filename} {self.strerror}"


def descriptor(path: str, flags: int = os.O_RDONLY) -> int:
    """Open a regular file; raise NotRegular for anything else, other OSErrors as `os.open` does.

    With O_CREAT in `flags`, a file that is not there is made.
    """
    try:
        _refuse(path, os.stat(path))  # first: to open some devices has an effect
    except FileNotFoundError:
        if not flags & os.O_CREAT:
            raise
    # It may be replaced now, so that opening must not wait for the other end of a FIFO either.
    fd = os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY, 0o666)
    try:
        _refuse(path, os.fstat(fd))
    except NotRegular:
        os.close(fd)
        raise
    return fd


def opened(path: str) -> BinaryIO:
    """Open a regular file for reading."""
    return open(descriptor(path), "rb")


def content(path: str, largest: int = LARGEST) -> bytes:
    """Return all that is in a regular file; raise NotRegular if that is more than `largest`."""
    with opened(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > largest:
            raise NotRegular(path, f"is larger than {largest >> 20} MiB")
        return file.read(size)  # not until the end, which a file of the kernel's may not have


def next_piece(fd: int, offset: int, most: int) -> tuple[int, bytes]:
    """Return up to `most` bytes of a file from `offset` on, and where they begin.

    A hole, of which a terabyte takes no room on the disk, is skipped in multiples of `most`.
    """
    size = os.fstat(fd).st_size
    if size - offset > most:
        offset = max(offset, _data_at(fd, offset, size) // most * most)
    return offset, os.pread(fd, max(0, min(most, size - offset)), offset)


def _data_at(fd: int, offset: int, size: int) -> int:
    """Return where the next bytes are that are kept on the disk."""
    try:
        return os.lseek(fd, offset, os.SEEK_DATA)
    except OSError as error:  # some file systems do not know
        return size if error.errno == errno.ENXIO else offset


def fresh(path: str, flags: int = os.O_WRONLY) -> int:
    """Make a new, empty file in the place of whatever is there, and open it.

    Raises NotRegular for a directory that is not empty, which is not removed.
    """
    flags |= os.O_CREAT | os.O_EXCL
    try:
        return os.open(path, flags, 0o666)
    except FileExistsError:
        _remove(path)
    return os.open(path, flags, 0o666)


@contextmanager
def folder(root: str, inside: Sequence[str], *, makes: bool = False) -> Iterator[int]:
    """Open a folder below a root for what takes a `dir_fd`; raise OSError.

    No link below the root is followed. With `makes`, folders that are not there are made.
    """
    path, fd = root, os.open(root, FOLDER)
    try:
        for name in inside:
            path = os.path.join(path, name)
            if name in ("", os.curdir, os.pardir) or {"/", "\0"} & {*name}:
                raise NotRegular(path, "is no name of a folder")
            if makes:
                with suppress(FileExistsError):
                    os.mkdir(name, dir_fd=fd)
            inner = _inner(name, fd, path)
            os.close(fd)
            fd = inner
        yield fd
    finally:
        os.close(fd)


def _inner(name: str, fd: int, path: str) -> int:
    try:
        return os.open(name, FOLDER | os.O_NOFOLLOW, dir_fd=fd)
    except OSError as error:
        error.filename = path
        raise


def put(root: str, inside: Sequence[str], name: str, text: str, *, makes: bool = False) -> None:
    """Put a file into a folder below a root, as `folder` opens it, whole or not at all."""
    with folder(root, inside, makes=makes) as fd:
        _put(fd, name, text)


def _put(folder: int, name: str, text: str) -> None:
    beside = f"{name}.new"
    with suppress(FileNotFoundError):
        os.unlink(beside, dir_fd=folder)
    fd = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666, dir_fd=folder)
    try:
        with open(fd, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(beside, name, src_dir_fd=folder, dst_dir_fd=folder)
    except OSError:
        with suppress(OSError):
            os.unlink(beside, dir_fd=folder)
        raise


def _refuse(path: str, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise NotRegular(path, f"is {KINDS.get(stat.S_IFMT(status.st_mode), 'not a file')}")


def _remove(path: str) -> None:
    is_folder = stat.S_ISDIR(os.lstat(path).st_mode)
    try:
        os.rmdir(path) if is_folder else os.unlink(path)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            raise NotRegular(path, "is a directory that is not empty") from error
        raise
