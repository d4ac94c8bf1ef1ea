"""Git LFS: it stores a pointer in the place of a content, which it keeps elsewhere."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

FILTER = "lfs"  # its name in git's config
_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n.*?oid sha256:([0-9a-f]{64})\nsize (\d+)\n",
    re.DOTALL,
)
_LONGEST = 1024  # bytes of a pointer, as Git LFS has it
_PIECE = 1 << 20


class Pointer(NamedTuple):
    """Which content stands elsewhere."""

    sha256: str
    size: int


def pointer_to(content: bytes) -> bytes:
    """Return what Git LFS stores in the place of a content."""
    import hashlib  # noqa: PLC0415 -- who reads what is kept hashes nothing

    return b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %d\n" % (
        hashlib.sha256(content).hexdigest().encode(),
        len(content),
    )


def read(content: bytes) -> Pointer | None:
    """Return what a file says of the content that Git LFS has, if it is a pointer."""
    found = _POINTER.match(content) if len(content) <= _LONGEST else None
    return Pointer(found[1].decode(), int(found[2])) if found else None


def fill(place: str, target: str, of: Pointer) -> bool:
    """Put a content into the place of its pointer if a file has it; return whether it has."""
    import shutil  # noqa: PLC0415 -- a look, which fills nothing, starts faster without

    try:
        if os.path.getsize(place) != of.size or _hash(place) != of.sha256:
            return False
        shutil.copyfile(place, target)
    except OSError:
        return False
    return True


def _hash(place: str) -> str:
    import hashlib  # noqa: PLC0415 -- as above

    made = hashlib.sha256()
    with open(place, "rb") as file:
        while piece := file.read(_PIECE):
            made.update(piece)
    return made.hexdigest()
