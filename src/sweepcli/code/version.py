"""A version of the code, kept in the results directory: what it was, and what no commit has.

Its id is that of its content, so that what is there once is never written again. The record is
written last: whoever can read it finds the rest.
"""

from __future__ import annotations

import os
import time
import zlib
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.code import kept, rules, uncommitted
from sweepcli.code.tree import TOP, Repository, Tree, listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sweepcli.code.place import Place
    from sweepcli.records import JSON

GZIP = 31  # `wbits` of zlib


class Version(NamedTuple):
    """What is known of one state of the code."""

    id: str
    seen_at: float  # when it was first seen
    root: str  # the folder that paths count from, on the machine where it was seen
    cwd: str  # where runs start, from the root on; may begin with `..`
    program: str  # the file that runs execute, likewise; empty: not known
    repositories: tuple[Repository, ...]  # the root's first; none without git
    left_out: dict[str, str]  # paths, and why their content is not kept
    kept: dict[str, str]  # paths of what no commit has, and under which id `content` has it
    has_patch: bool  # tracked files were not what the commits have
    problem: str | None  # why git was not used, or why not all was looked at

    @property
    def top(self) -> Repository | None:
        """The repository at the root, None without git."""
        return next((found for found in self.repositories if found.path == TOP), None)

    @property
    def commit(self) -> str | None:
        """The commit of the root's repository."""
        return self.top and self.top.commit

    @property
    def is_dirty(self) -> bool:
        """Whether it is not what the commits have: tracked files differ, or others are kept."""
        return self.has_patch or any(found.is_dirty for found in self.repositories)


def read(results: str, version_id: str) -> Version:
    """Return a version; raise OSError if it is not here, ValueError if its record is damaged."""
    data = kept.data(kept.record_of(results, version_id))
    try:
        return Version(
            **{
                **{name: data[name] for name in Version._fields},
                "repositories": tuple(Repository(**found) for found in data["repositories"]),
            }
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"the record of version {version_id} is damaged: {error}") from error


def files(results: str, version_id: str) -> dict[str, tuple[str, str]]:
    """Return the mode and the blob id of each file of a version; raise as `read` does."""
    packed = kept.content(_beside(results, version_id, "files.gz"))
    try:
        lines = zlib.decompress(packed, GZIP).split(b"\0")[:-1]
    except zlib.error as error:
        raise ValueError(f"the list of files of {version_id} is damaged: {error}") from error
    found = {}
    for line in lines:
        mode, blob, path = line.split(b" ", 2)
        found[path.decode("utf-8", "surrogateescape")] = (mode.decode(), blob.decode())
    return found


def differing(one: Mapping[str, object], other: Mapping[str, object]) -> list[str]:
    """Return the paths of the files that two versions do not have in common."""
    return sorted(path for path in {*one, *other} if one.get(path) != other.get(path))


def content(results: str, blob_id: str) -> bytes:
    """Return what a kept file holds; raise OSError if it is not kept."""
    return kept.content(_blob(results, blob_id))


def patch(results: str, version_id: str) -> bytes | None:
    """Return what was changed since the commits, for `git apply` at the root; None if nothing."""
    try:
        return kept.content(_beside(results, version_id, "patch"))
    except FileNotFoundError:
        return None


def write(results: str, tree: Tree, place: Place) -> Version:
    """Keep a version, unless it is kept already.

    Raises OSError, and of those Moved if the code has changed since the look.
    """
    version_id = tree.id
    try:
        return read(results, version_id)
    except (OSError, ValueError):  # it is new, or damaged
        pass
    found = uncommitted.of(tree)
    version = Version(
        id=version_id,
        seen_at=time.time(),
        root=tree.root,
        cwd=os.path.relpath(place.cwd, tree.root),
        program=_program(place, tree.root),
        repositories=tree.repositories,
        left_out=_bounded(found.left_out),
        kept={path: tree.files[path].id for path in sorted(found.contents)},
        has_patch=bool(found.patch),
        problem=tree.problem,
    )
    for path, text in found.contents.items():
        if not os.path.exists(blob := _blob(results, version.kept[path])):
            kept.put(blob, text)
    if found.patch:
        kept.put(_beside(results, version_id, "patch"), found.patch)
    lines = b"".join(b"%s %s %s\0" % line for line in listed(tree.files))
    kept.put(_beside(results, version_id, "files.gz"), zlib.compress(lines, wbits=GZIP))
    kept.put_json(kept.record_of(results, version_id), _to_json(version))
    return version


def _bounded(left_out: dict[str, str]) -> dict[str, str]:
    """Return the first of what is left out, and how many more there are."""
    paths = sorted(left_out)
    listed = {path: left_out[path] for path in paths[: rules.MOST_LEFT_OUT]}
    more = len(paths) - len(listed)
    return {**listed, "…": f"and {more} more"} if more else listed


def _program(place: Place, root: str) -> str:
    return os.path.relpath(os.path.join(place.cwd, place.program), root) if place.program else ""


def _to_json(version: Version) -> JSON:
    return {
        **version._asdict(),
        "repositories": [found._asdict() for found in version.repositories],
    }


def _beside(results: str, version_id: str, ending: str) -> str:
    return kept.path(results, "versions", f"{kept.checked(version_id)}.{ending}")


def _blob(results: str, blob_id: str) -> str:
    return kept.path(results, "files", kept.checked(blob_id)[:2], blob_id)
