"""What commits have beside code: data, and texts for people. No version has it; runs may read it.

Of a file in Git LFS they have a pointer alone: its content is taken from where Git LFS keeps it on
this machine, or from the working tree. Nothing is downloaded.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sweepcli.code import objects, rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sweepcli.code.contents import Wanted


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


def stores(wanted: Wanted) -> Iterator[str]:
    """Yield the folders where Git LFS keeps contents."""
    for each in wanted.of.repositories:
        for found in wanted.repositories(each):
            yield os.path.join(found.git_dir, "lfs", "objects")
