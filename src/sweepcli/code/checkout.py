"""The frozen code of a sweep, unpacked in the sweep's folder, where its runs execute it.

In `code/KEY` is one checkout for each code and working tree that it stands for. Agents share it, by
a lock, and it cannot be written to. It is made beside and renamed, so that what is there is whole.
"""

from __future__ import annotations

import os
import shutil
import stat
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from sweepcli import folders, ids
from sweepcli.code import blobs, checkout_links, interpreter, snapshot
from sweepcli.code.checkout_links import protect, writable
from sweepcli.code.interpreter import Imports
from sweepcli.code.lock_file import LockFile
from sweepcli.errors import unwritable

if TYPE_CHECKING:
    from sweepcli.code.snapshot import Snapshot

TREE, OUTSIDE, PATH = "tree", snapshot.OUTSIDE, "path"  # folders in a checkout
MOST_COMPILED = 2_000  # files: a run cannot write what it compiles into a checkout
COMPILED = "__pycache__"
NEW = ".new"


class Checkout:
    """A checkout as one process uses it, until it is closed."""

    def __init__(self, folder: str, found: Snapshot, root: str, using: LockFile) -> None:
        """Take what `ready` makes; `root` is the working tree that it stands for."""
        self.snapshot, self.root = found, root
        self.folder, self._own = folder, os.path.realpath(folder)
        self.tree = _tree(folder, found)  # what stands for the root
        self.imports = Imports()
        self.path: list[str] = []  # folders from which Python imported, as they are here
        self._using = using
        self._known: dict[str, str] = {}

    def counterpart(self, path: str) -> str | None:
        """Return what stands for an absolute path, whether it is there or not; None if nothing.

        The path is a normal one.
        """
        if path in self.snapshot.outside:
            return _outside(self.folder, self.snapshot, path)
        for root in dict.fromkeys((self.root, self.snapshot.root)):
            if folders.is_below(path, root):
                return f"{self.tree}/{path[len(root.rstrip('/')) + 1 :]}".rstrip("/")
            if path == os.path.dirname(root):
                return os.path.dirname(self.tree)
        return None

    def frozen(self, path: str) -> str | None:
        """Return what stands for an absolute path if the snapshot has it: a file, or a folder."""
        if path in self._known:
            return self._known[path]
        found = self.counterpart(path) or self.counterpart(os.path.realpath(path))
        is_there = found is not None and os.path.exists(found)
        if not found or not is_there or not self._is_inside(os.path.realpath(found)):
            return None
        self._known[path] = found  # runs name the same files again and again
        return found

    def has_links_out(self, folder: str) -> bool:
        """Return whether anything in a folder of it is not of the snapshot."""
        return any(
            not self._is_inside(os.path.realpath(link)) for link in checkout_links.below(folder)
        )

    def _is_inside(self, real: str) -> bool:
        return real.startswith(self._own + "/")

    def look_at(self, python: str) -> None:
        """Find out from where a Python imports; for who has the checkout alone. Raises OSError."""
        self.imports = interpreter.imports(python, self.root, self.tree, self.snapshot.path)
        hidden = self.imports.hidden
        found = (self._without(each, hidden[each]) for each in self.imports.path)
        self.path = [each for each in found if os.path.isdir(each)]

    def _without(self, inside: str, hidden: list[str]) -> str:
        """Return a folder of the root without names that Python finds elsewhere first.

        The rest of it is reached by links, so that no package is another one than before.
        """
        folder = os.path.normpath(os.path.join(self.tree, inside))
        if not hidden:
            return folder
        name = blobs.short_hash("\0".join((inside, *hidden)).encode())
        partial = os.path.join(self.folder, PATH, name)
        if not os.path.isdir(partial):
            with writable(self.folder):
                os.makedirs(partial, exist_ok=True)
        for name in os.listdir(folder):
            link = os.path.join(partial, name)
            if name.partition(".")[0] not in hidden and not os.path.lexists(link):
                os.symlink(os.path.join(folder, name), link)
        return partial

    def close(self) -> None:
        """Use it no more."""
        self._using.close()


def root_here(found: Snapshot, cwd: str) -> str:
    """Return the working tree that a snapshot's root means for an agent in a folder.

    It is the root itself for who is in it. Elsewhere the agent's folder counts as the one in which
    the sweep was created.
    """
    if folders.is_below(cwd, found.root):
        return found.root
    return os.path.normpath(os.path.join(cwd, os.path.relpath(found.root, found.cwd)))


def ready(sweep_folder: str, *, cwd: str, results: str, python: str) -> Checkout:
    """Return the checkout of a sweep for an agent in a folder, made where needed.

    `python` is what its runs are started with. Raises FolderError or StoreUnavailable if it cannot
    be written, SweepError for a damaged snapshot.
    """
    archive = os.path.join(sweep_folder, folders.SNAPSHOT)
    try:
        found = snapshot.read(archive)
        root = root_here(found, os.path.realpath(cwd))
        above = os.path.join(sweep_folder, folders.CHECKOUTS)
        key = f"{found.code}\0{root}"
        place = os.path.join(above, blobs.short_hash(os.fsencode(key))[:8])
        using = _shared(above, place)
        try:
            with closing(LockFile(f"{place}.making")) as making:
                making.take()
                if not _is_whole(place):
                    _make(archive, place, found, root, python)
                checkout_links.add_others(_tree(place, found), found, root, results)
                made = Checkout(place, found, root, using)
                if python:
                    made.look_at(python)
        except BaseException:
            using.close()
            raise
    except OSError as error:
        raise unwritable("cannot unpack the frozen code", error) from error
    return made


def _shared(above: str, place: str) -> LockFile:
    """Return the lock of a checkout, as one who uses it has it."""
    while True:
        os.makedirs(above, exist_ok=True)
        try:
            lock = LockFile(f"{place}.lock")
            lock.share()
        except FileNotFoundError:  # somebody has just removed the folder
            continue
        return lock


def _is_whole(place: str) -> bool:
    return os.path.exists(os.path.join(place, snapshot.ABOUT))


def _make(archive: str, place: str, found: Snapshot, root: str, python: str) -> None:
    """Unpack a snapshot; what a killed process has left is removed first."""
    above, name = os.path.split(place)
    for other in os.listdir(above):
        if other.startswith(f"{name}.") and other.endswith(NEW):
            _remove(os.path.join(above, other))
    new = f"{place}.{ids.new_id()}{NEW}"
    try:
        os.mkdir(new)
        snapshot.unpack(archive, new)
        os.makedirs(os.path.join(new, snapshot.ROOT), exist_ok=True)
        os.mkdir(os.path.join(new, TREE))
        os.rename(os.path.join(new, snapshot.ROOT), _tree(new, found))
        if python:
            interpreter.compile_in(python, new, place, MOST_COMPILED)
        checkout_links.mend(_tree(new, found), found, root)
        for folder, _, names in os.walk(new, topdown=False):
            for name in names if os.path.basename(folder) == COMPILED else ():
                protect(os.path.join(folder, name))
            if folder != new:
                protect(folder)
        os.rename(new, place)
        protect(place)
    except BaseException:
        _remove(new)
        if not _is_whole(place):  # else another was faster, where a disk knows no locks
            raise


def _tree(place: str, found: Snapshot) -> str:
    return os.path.join(place, TREE, found.name)


def _outside(place: str, found: Snapshot, path: str) -> str:
    number = found.outside.index(path)
    return os.path.join(place, OUTSIDE, str(number), os.path.basename(path))


def remove_unused(sweep_folder: str) -> list[str]:
    """Remove the checkouts of a sweep that nobody uses, as far as they can be removed.

    Returns files that runs have written into one, as only root can: it stays.
    """
    above = os.path.join(sweep_folder, folders.CHECKOUTS)
    written: list[str] = []
    try:
        names = os.listdir(above)
    except OSError:
        return written
    for name in names:
        if name.endswith(".lock"):
            with suppress(OSError):
                written += _remove_unused(os.path.join(above, name.removesuffix(".lock")))
    with suppress(OSError):
        os.rmdir(above)
    return written


def _remove_unused(place: str) -> list[str]:
    with closing(LockFile(f"{place}.lock")) as using:
        if not using.take_if_free():
            return []
        if written := _written_in(place):
            return written
        if os.path.lexists(place):
            gone = f"{place}.{ids.new_id()}{NEW}"
            os.rename(place, gone)  # what is half removed is whole for nobody
        above, start = os.path.split(place)
        for other in os.listdir(above):
            if other.startswith(f"{start}.") and other.endswith(NEW):
                _remove(os.path.join(above, other))
        with suppress(FileNotFoundError):
            os.unlink(f"{place}.making")
        using.remove()
    return []


def _written_in(place: str) -> list[str]:
    """Return the files in a checkout that are not ours, which cannot be written to."""
    found = []
    for here, _, names in os.walk(place):
        if os.path.basename(here) != COMPILED:
            paths = (os.path.join(here, name) for name in names)
            found += [path for path in paths if _is_writable(path)]
    return found


def _is_writable(path: str) -> bool:
    mode = os.lstat(path).st_mode
    return stat.S_ISREG(mode) and bool(mode & stat.S_IWUSR)


def _remove(folder: str) -> None:
    """Remove a folder that cannot be written to, and follow no link."""
    if os.path.islink(folder):
        os.unlink(folder)
    for here, _, _ in os.walk(folder):
        with suppress(OSError):
            os.chmod(here, stat.S_IRWXU)
    shutil.rmtree(folder, ignore_errors=True)
