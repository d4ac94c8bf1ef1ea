"""Puts a version of the code into a folder, and says what is missing and why.

What a version names is not trusted: nothing is written outside of the folder, or through a link.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.code import beside_code, blobs, lfs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sweepcli.code.contents import Wanted
    from sweepcli.code.lfs import Pointer

IN_THE_WAY = "another file has its name"
NOT_INSIDE = "its name leads out of the folder"
NOT_FETCHED = "Git LFS has its content, which is not on this machine: `git lfs pull` gets it"


class Layout(NamedTuple):
    """Where the files of a version go in a folder: as they were to each other."""

    base: str  # the folder of then that becomes the new one
    root: str
    cwd: str  # as the runs had it

    def inside(self, path: str) -> str:
        """Return the place of a path of then, from the new folder on."""
        absolute = os.path.normpath(os.path.join(self.root, path))
        return os.path.relpath(absolute, self.base)


def layout(wanted: Wanted) -> Layout:
    """Return where files go; with one outside of the root, the folders above it are there too."""
    root = os.path.normpath(wanted.of.root)
    cwd = os.path.normpath(os.path.join(root, wanted.of.cwd))
    outside = [os.path.dirname(path) for path in wanted.files if os.path.isabs(path)]
    return Layout(os.path.commonpath([root, cwd, *outside]), root, cwd)


def put(wanted: Wanted, folder: str) -> dict[str, str]:
    """Write the files of a version into a new folder; return those that are missing, and why.

    What its commits have beside code is written as well. Raises OSError.
    """
    into = layout(wanted)
    whole = wanted._replace(files={**beside_code.files(wanted), **wanted.files})
    work = _Work(whole, folder, into, {}, [], {})
    os.makedirs(work.place(into.cwd), exist_ok=True)
    asked = [path for path in whole.files if work.is_inside(path)]
    for path in whole.files.keys() - asked:
        work.missing[path] = NOT_INSIDE
    paths: dict[str, list[str]] = {}
    for path in asked:
        paths.setdefault(whole.files[path][1], []).append(path)
    for blob, content in whole.found(asked):
        for path in paths.pop(blob):
            work.write(path, content)
    work.link()  # last: nothing is written through them
    work.fill()
    if lost := [path for some in paths.values() for path in some]:
        work.missing.update(dict.fromkeys(lost, wanted.reason()))
    return work.missing


class _Work(NamedTuple):
    """A folder that is being filled."""

    wanted: Wanted
    folder: str
    into: Layout
    links: dict[str, bytes]  # by their paths
    pointers: list[tuple[str, Pointer]]
    missing: dict[str, str]

    def place(self, path: str) -> str:
        return os.path.normpath(os.path.join(self.folder, self.into.inside(path)))

    def is_inside(self, path: str) -> bool:
        """Return whether a path stays in the folder, and is none of git's own."""
        names = self.into.inside(path).lower().split(os.sep)
        return "\0" not in path and not {os.pardir, os.curdir, ".git"}.intersection(names)

    def write(self, path: str, content: bytes) -> None:
        """Write a file, but remember a link for later."""
        mode = self.wanted.files[path][0]
        if mode == blobs.LINK:
            self.links[path] = content
            return
        place, bits = self.place(path), 0o777 if mode == blobs.PROGRAM else 0o666
        try:
            os.makedirs(os.path.dirname(place), exist_ok=True)
            fd = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, bits)
        except (FileExistsError, NotADirectoryError):
            self.missing[path] = IN_THE_WAY
            return
        with open(fd, "wb") as file:
            file.write(content)
        if found := lfs.read(content):
            self.pointers.append((path, found))

    def link(self) -> None:
        for path, target in self.links.items():
            place = os.fsencode(self.place(path))
            try:
                os.makedirs(os.path.dirname(place), exist_ok=True)
                os.symlink(target, place)
            except (FileExistsError, NotADirectoryError, ValueError):
                self.missing[path] = IN_THE_WAY

    def fill(self) -> None:
        """Put what Git LFS has on this machine into the places of its pointers."""
        stores = list(beside_code.stores(self.wanted)) if self.pointers else []
        for path, found in self.pointers:
            places = [os.path.join(self.wanted.of.root, path), *_in(stores, found)]
            if not any(lfs.fill(place, self.place(path), found) for place in places):
                self.missing[path] = NOT_FETCHED


def _in(stores: list[str], found: Pointer) -> Iterator[str]:
    digits = found.sha256
    return (os.path.join(store, digits[:2], digits[2:4], digits) for store in stores)
