"""The code of a sweep as it is now: its files, each with the id of its content."""

from __future__ import annotations

from typing import NamedTuple

from sweepcli.code import kept


class File(NamedTuple):
    """A file of the code."""

    id: str  # git's blob id of its content
    mode: str  # as in git: 100644, 100755, or 120000 for a link
    size: int
    changed_at_ns: int  # ctime


class Repository(NamedTuple):
    """A git repository, submodules and nested ones included."""

    path: str  # from the root on; `.` for the root
    commit: str | None  # None: it has none yet
    branch: str | None  # None: detached
    remote: str | None  # its URL, without credentials
    is_dirty: bool  # tracked code is not what the commit has


class Tree(NamedTuple):
    """All code of a sweep. Paths are from `root` on, with `/`; absolute if outside of it."""

    root: str  # the top of the repository; without git, the folder of the program
    files: dict[str, File]
    repositories: tuple[Repository, ...] = ()  # the root's first; none without git
    changed: frozenset[str] = frozenset()  # tracked, and not what the commit has; also if removed
    loose: frozenset[str] = frozenset()  # no commit has them: untracked, or all without git
    left_out: dict[str, str] = {}  # noqa: RUF012 -- read only: paths, and why they are not kept
    problem: str | None = None  # why git was not used, or why not all was looked at

    @property
    def id(self) -> str:
        """The id of the content, whatever the commit, and with git or without."""
        lines = (b"%s %s %s\0" % line for line in listed(self.files))
        return kept.short_hash(b"".join(lines))


def listed(files: dict[str, File]) -> list[tuple[bytes, bytes, bytes]]:
    """Return mode, id and path of all files, ordered by path."""
    return sorted(
        (
            (file.mode.encode(), file.id.encode(), path.encode("utf-8", "surrogateescape"))
            for path, file in files.items()
        ),
        key=lambda line: line[2],
    )
