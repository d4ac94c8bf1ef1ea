"""What no commit has of the code, within the limits: a patch, and the contents of other files."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.code import blobs, repository, rules
from sweepcli.code.blobs import Unread
from sweepcli.code.git import GitProblem
from sweepcli.code.tree import TOP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sweepcli.code.git import Opened
    from sweepcli.code.tree import Repository, Tree

TOO_LARGE = f"is larger than {rules.MOST_BYTES // 10**6} MB"
TOO_MUCH = f"no more than {rules.MOST_KEPT // 10**6} MB are kept in all"


class Moved(OSError):
    """A file has changed between the look and the reading of it."""

    def __init__(self, path: str) -> None:
        super().__init__(errno.EAGAIN, "changed while it was read", path)


class Uncommitted(NamedTuple):
    """What is kept of a tree, and of what only the name is."""

    patch: bytes  # for `git apply` at the root
    contents: dict[str, bytes]
    left_out: dict[str, str]


def of(tree: Tree) -> Uncommitted:
    """Return what no commit has of the code; raise Moved if it has changed since the look."""
    left_out = dict(tree.left_out)
    contents: dict[str, bytes] = {}
    room = rules.MOST_KEPT
    loose = sorted(tree.loose.intersection(tree.files), key=lambda path: tree.files[path].size)
    for path in loose:
        size = tree.files[path].size
        if size > rules.MOST_BYTES or size > room:
            left_out[path] = TOO_LARGE if size > rules.MOST_BYTES else TOO_MUCH
        elif path not in left_out:
            contents[path] = _content(tree, path)
            room -= size
    pieces = []
    for found, opened, paths in _by_repository(tree):
        known = [path for path in paths if path not in left_out]
        try:
            within, room = _within(tree, found, opened, known, room, left_out)
            prefix = _prefix(found)
            inside = [path[len(prefix) :] for path in within]
            pieces.append(repository.patch(opened, found.commit, inside, prefix))
        except GitProblem as problem:
            left_out |= dict.fromkeys(known, f"git does not tell its changes: {problem}")
        for path in known:
            _check(tree, path)
    return Uncommitted(b"".join(pieces), contents, left_out)


def _content(tree: Tree, path: str) -> bytes:
    full = os.path.join(tree.root, path)
    try:
        status = blobs.status(full)
        content = blobs.content(full, status) if status else None
    except Unread as why:
        raise Moved(full) from why
    if content is None or blobs.id_of(content) != tree.files[path].id:
        raise Moved(full)
    return content


def _check(tree: Tree, path: str) -> None:
    """Raise Moved if a tracked file is not what the look has seen."""
    full = os.path.join(tree.root, path)
    try:
        status = blobs.status(full)
    except Unread as why:
        raise Moved(full) from why
    file = tree.files.get(path)
    if (status and status.st_ctime_ns) != (file and file.changed_at_ns):
        raise Moved(full)


def _by_repository(tree: Tree) -> Iterator[tuple[Repository, Opened, list[str]]]:
    """Yield each repository with its own files that are not what its commit has."""
    rest = sorted(tree.changed)
    pairs = sorted(
        zip(tree.repositories, tree.opened, strict=True),
        key=lambda pair: len(_prefix(pair[0])),
        reverse=True,  # those inside of others come first
    )
    for found, opened in pairs:
        prefix = _prefix(found)
        inside = [path for path in rest if path.startswith(prefix)]
        rest = [path for path in rest if not path.startswith(prefix)]
        if inside:
            yield found, opened, inside


def _prefix(found: Repository) -> str:
    return "" if found.path == TOP else f"{found.path}/"


def _within(
    tree: Tree, found: Repository, opened: Opened, paths: list[str], room: int, out: dict[str, str]
) -> tuple[list[str], int]:
    """Return the files whose changes are not too large, and the room that is left."""
    prefix = _prefix(found)
    before = repository.sizes_of(opened, found.commit, [path[len(prefix) :] for path in paths])
    kept = []
    for path in paths:
        now = tree.files[path].size if path in tree.files else 0
        size = max(now, before.get(path[len(prefix) :], 0))
        if size > rules.MOST_BYTES or size > room:
            out[path] = TOO_LARGE if size > rules.MOST_BYTES else TOO_MUCH
        else:
            kept.append(path)
            room -= size
    return kept, room
