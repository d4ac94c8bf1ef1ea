"""What commits have beside code: data, and texts for people. No version has it; runs may read it.

Of a file in Git LFS they have a pointer alone: its content is taken from where Git LFS keeps it on
this machine, or from the working tree. Nothing is downloaded.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.code import objects, rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sweepcli.code.contents import Wanted

POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n.*?oid sha256:([0-9a-f]{64})\nsize (\d+)\n",
    re.DOTALL,
)
LONGEST_POINTER = 1024  # bytes, as Git LFS has it
PIECE = 1 << 20


class Pointer(NamedTuple):
    """A file whose content Git LFS has."""

    sha256: str
    size: int


def files(wanted: Wanted) -> dict[str, tuple[str, str]]:
    """Return mode and blob id of what the commits of a version have and it has not.

    Without code, which was removed, and without secrets.
    """
    found: dict[str, tuple[str, str]] = {}
    for each in wanted.of.repositories:
        prefix = "" if each.path == os.curdir else f"{each.path}/"
        for place in wanted.repositories(each) if each.commit else ():
            for path, what in objects.files_of(place, each.commit or ""):
                is_secret = rules.is_secret(path, is_tracked=True)
                if not is_secret and not rules.is_tracked_code(path):
                    found.setdefault(prefix + path, what)
    return {path: what for path, what in found.items() if path not in wanted.files}


def pointer(content: bytes) -> Pointer | None:
    """Return what a file says of the content that Git LFS has, if it is a pointer."""
    found = POINTER.match(content) if len(content) <= LONGEST_POINTER else None
    return Pointer(found[1].decode(), int(found[2])) if found else None


def stores(wanted: Wanted) -> Iterator[str]:
    """Yield the folders where Git LFS keeps contents."""
    for each in wanted.of.repositories:
        for found in wanted.repositories(each):
            yield os.path.join(found.git_dir, "lfs", "objects")


def fill(place: str, target: str, of: Pointer) -> bool:
    """Put a content into the place of its pointer if a file has it; return whether it has."""
    try:
        if os.path.getsize(place) != of.size or _hash(place) != of.sha256:
            return False
        shutil.copyfile(place, target)
    except OSError:
        return False
    return True


def _hash(place: str) -> str:
    made = hashlib.sha256()
    with open(place, "rb") as file:
        while piece := file.read(PIECE):
            made.update(piece)
    return made.hexdigest()
