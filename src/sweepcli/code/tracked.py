"""The files that git tracks, as they are in the work tree.

What git finds unchanged is not read: the index has its id.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.code import blobs, lfs, repository
from sweepcli.code.blobs import LINK, File, Unread
from sweepcli.code.git import GitProblem, Slow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sweepcli.code.git import Opened
    from sweepcli.code.repository import State


class Tracked(NamedTuple):
    """What was found; paths are from the top of the repository on."""

    files: dict[str, File]
    changed: set[str]  # not what the commit has, or gone
    loose: set[str]  # likewise, but git was told not to look at them, so that its diff has none
    left_out: dict[str, str]


def look(opened: Opened, state: State, is_code: Callable[[str], bool]) -> Tracked:
    """Return the tracked code of a repository; raise GitProblem."""
    found = Tracked({}, set(), set(), {})
    unread: dict[str, os.stat_result] = {}
    for path, (mode, blob) in state.tracked.items():
        if not is_code(path):
            continue
        try:
            status = blobs.status(os.path.join(opened.top, path))
        except Unread as why:
            found.left_out[path] = str(why)
            continue
        is_unwatched = path in state.unwatched
        if status and (path in state.unknown or is_unwatched):
            unread[path] = status
        elif status:
            found.files[path] = blobs.file(blob, mode, status)
        if path in state.staged or not (status or is_unwatched):
            found.changed.add(path)
    # What is removed from the index is gone, or untracked now.
    found.changed.update(filter(is_code, state.staged - state.tracked.keys()))
    _read(opened, state, found, unread)
    return found


def _read(opened: Opened, state: State, found: Tracked, unread: dict[str, os.stat_result]) -> None:
    """Add the files whose content may not be that in the index."""
    filters = repository.filters_of(opened, list(unread))
    ids = _as_stored(
        opened,
        [path for path, status in unread.items() if _is_plain(status) and path not in filters],
    )
    for path, status in unread.items():
        mode = state.unknown.get(path, state.tracked[path][0])
        mode = LINK if blobs.mode_of(status) == LINK else mode
        try:
            blob = ids.get(path) or _id(os.path.join(opened.top, path), status, filters.get(path))
        except Unread as why:
            found.left_out[path] = str(why)
            continue
        found.files[path] = blobs.file(blob, mode, status)
        if (mode, blob) != state.tracked[path]:
            (found.loose if path in state.unwatched else found.changed).add(path)
            if filters.get(path, lfs.FILTER) != lfs.FILTER:
                found.left_out[path] = f"git's filter {filters[path]} may hide what is in it"


def _is_plain(status: os.stat_result) -> bool:
    return blobs.mode_of(status) != LINK


def _as_stored(opened: Opened, paths: Sequence[str]) -> dict[str, str]:
    try:
        return repository.ids_of(opened, paths)
    except Slow:
        raise
    except GitProblem:  # one of them has just gone
        return {}


def _id(path: str, status: os.stat_result, filter_name: str | None) -> str:
    content = blobs.content(path, status)
    return blobs.id_of(lfs.pointer_to(content) if filter_name == lfs.FILTER else content)
