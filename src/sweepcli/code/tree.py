"""The code of a sweep as it is now: its files, each with the id of its content."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import folders
from sweepcli.code import blobs, git, repository, rules, tracked, walk
from sweepcli.code.blobs import File, Unread
from sweepcli.code.git import GitProblem, Slow
from sweepcli.code.rules import VENV_MARK

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sweepcli.code.git import Opened
    from sweepcli.code.place import Place
    from sweepcli.code.repository import State

SECRET = "may be a secret, by its name"  # noqa: S105 -- a reason
TOP = "."  # the path of the root's repository


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
    opened: tuple[Opened, ...] = ()  # how to ask git about each of the repositories
    is_whole: bool = True  # False: git took too long, so that this is no version
    data: frozenset[str] = frozenset()  # tracked, but data or outputs by their names

    @property
    def id(self) -> str:
        """The id of the content, whatever the commit, and with git or without."""
        lines = (b"%s %s %s\0" % line for line in listed(self.files))
        return blobs.short_hash(b"".join(lines))


def listed(files: dict[str, File]) -> list[tuple[bytes, bytes, bytes]]:
    """Return mode, id and path of all files, ordered by path."""
    return sorted(
        ((file.mode.encode(), file.id.encode(), os.fsencode(path)) for path, file in files.items()),
        key=lambda line: line[2],
    )


def look(place: Place) -> Tree:
    """Return the code as it is now; what hinders that is told in it, never raised."""
    root = repository.top_of(place.folder)
    search = _Search(place, root or place.folder)
    if root:
        search.add_repository("")
    else:
        search.add_folder("")
    search.add_named()
    return search.tree()


class _Search:
    """What a look has found so far; its paths are those of the tree."""

    def __init__(self, place: Place, root: str) -> None:
        self.place = place
        self.root = root
        self.results = os.path.realpath(place.results)
        self.cwd = os.path.realpath(place.cwd)
        self.folder = place.folder
        # What begins so is in the results directory: no path does, if that is elsewhere.
        self.never = f"{os.path.relpath(self.results, root)}/"
        self.included_by = rules.matcher(place.include)
        self.excluded_by = rules.matcher(place.exclude)
        self.files: dict[str, File] = {}
        self.repositories: list[Repository] = []
        self.opened: list[Opened] = []
        self.changed: set[str] = set()
        self.loose: set[str] = set()
        self.data: set[str] = set()
        self.left_out: dict[str, str] = {}
        self.problems: dict[str, None] = {}
        self.is_whole = True

    def tree(self) -> Tree:
        """Return all that was found."""
        return Tree(
            root=self.root,
            files=self.files,
            repositories=tuple(self.repositories),
            changed=frozenset(self.changed),
            loose=frozenset(self.loose),
            left_out=self.left_out,
            problem="; ".join(self.problems) or None,
            opened=tuple(self.opened),
            is_whole=self.is_whole,
            data=frozenset(self.data),
        )

    def add_repository(self, prefix: str) -> None:
        """Add a repository; without git, the code that is there.

        `prefix` is empty for that at the root, and ends with a slash for others.
        """
        top = self.full(prefix)
        try:
            opened = git.opened(top)
            state = repository.state(opened, self.near(top), self.results)
            found = tracked.look(opened, state, lambda path: self.is_code(prefix + path))
        except GitProblem as problem:
            self.is_whole = self.is_whole and not isinstance(problem, Slow)
            self.problems[f"the code was read without git: {problem}"] = None
            self.add_folder(prefix)
            return
        self.opened.append(opened)
        self.repositories.append(
            Repository(
                path=prefix[:-1] or TOP,
                commit=state.commit,
                branch=state.branch,
                remote=state.remote,
                is_dirty=bool(found.changed or found.loose),
            )
        )
        self.files |= {prefix + path: file for path, file in found.files.items()}
        self.changed |= {prefix + path for path in found.changed}
        self.loose |= {prefix + path for path in found.loose}
        self.left_out |= {prefix + path: why for path, why in found.left_out.items()}
        self.add_untracked(prefix, state)
        for path in sorted(state.nested):
            if os.path.lexists(os.path.join(top, path, ".git")):
                self.add_repository(f"{prefix}{path}/")

    def near(self, top: str) -> list[str]:
        """Return the folders of a repository in which untracked files may be code."""
        starts = [self.folder, *([self.cwd] if folders.is_below(self.cwd, self.root) else [])]
        if any(folders.is_below(top, folder) for folder in starts):
            return ["."]
        return sorted(
            {os.path.relpath(each, top) for each in starts if folders.is_below(each, top)}
        )

    def is_code(self, path: str) -> bool:
        """Return whether a file that git tracks is code; note secrets and data."""
        if self.is_excluded(path) or path.startswith(self.never):
            return False
        if rules.is_source(path):  # first, since most are
            return True
        if rules.is_secret(path, is_tracked=True):
            self.left_out[path] = SECRET
            return False
        if rules.is_tracked_code(path) or self.is_included(path):
            return True
        self.data.add(path)
        return False

    def add_untracked(self, prefix: str, state: State) -> None:
        """Add code that git does not track."""
        seen = sorted(state.untracked)
        packages = {os.path.dirname(path) for path in state.tracked if rules.is_source(path)}
        packages |= {os.path.dirname(path) for path in seen if path.endswith("__init__.py")}
        venvs = tuple(path[: -len(VENV_MARK)] for path in seen if path.endswith(VENV_MARK))
        wanted = []
        for path in seen:
            folder = os.path.dirname(path)
            if path.startswith(venvs) or (folder and not rules.may_hold_code(folder, packages)):
                continue
            if rules.is_secret(path, is_tracked=False):
                self.left_out[prefix + path] = SECRET
            elif rules.is_loose_code(self.from_program(prefix + path)):
                wanted.append(prefix + path)
        if len(wanted) > rules.MOST_FILES:
            self.problems[walk.too_many(self.full(wanted[rules.MOST_FILES]))] = None
        self.add_loose(wanted[: rules.MOST_FILES])

    def add_folder(self, prefix: str) -> None:
        """Add the code in a folder that git does not know."""
        found = walk.code_below(self.full(prefix), self.results)
        if found.problem:
            self.problems[found.problem] = None
        self.left_out |= {prefix + path: SECRET for path in found.secrets}
        self.add_loose(prefix + path for path in found.paths)
        for path in found.repositories:
            self.add_repository(f"{prefix}{path}/")

    def add_named(self) -> None:
        """Add the program, what else the command names, and what the config includes."""
        named = [name for name in self.place.named if rules.is_named_code(name)]
        if self.place.program:
            named.append(self.place.program)
        paths = (os.path.normpath(os.path.join(self.cwd, name)) for name in named)
        for path in [*paths, *self.included()]:
            key = os.path.relpath(path, self.root) if folders.is_below(path, self.root) else path
            if not os.path.isfile(path) or folders.is_below(path, self.results):
                continue
            if rules.is_secret(path, is_tracked=False):
                self.left_out[key] = SECRET
            else:
                self.add_loose([key])

    def included(self) -> list[str]:
        """Return the files that the config includes, and those in its folders."""
        if not self.place.include:
            return []
        import glob  # noqa: PLC0415 -- few configs include anything

        found = []
        for pattern in self.place.include:
            for path in glob.iglob(os.path.join(glob.escape(self.cwd), pattern), recursive=True):
                inside = os.walk(path) if os.path.isdir(path) else ()
                found += [os.path.join(at, name) for at, _, names in inside for name in names]
                found.append(path)
                if len(found) > rules.MOST_FILES:
                    self.problems[walk.too_many(path)] = None
                    return found[: rules.MOST_FILES]
        return sorted(os.path.normpath(path) for path in found)

    def add_loose(self, paths: Iterable[str]) -> None:
        """Add files that no commit has, unless they are known."""
        for path in paths:
            if path in self.files or self.is_excluded(path):
                continue
            full = self.full(path)
            try:
                if status := blobs.status(full):
                    blob = blobs.id_of(blobs.content(full, status))
                    self.files[path] = blobs.file(blob, blobs.mode_of(status), status)
                    self.loose.add(path)
            except Unread as why:
                self.left_out[path] = str(why)

    def full(self, path: str) -> str:
        """Return where a path is; that of a prefix has no slash at its end."""
        return os.path.join(self.root, path).rstrip("/") or "/"

    def is_included(self, path: str) -> bool:
        """Return whether the config says that a path is code."""
        return bool(self.place.include) and self.included_by(self.from_cwd(path))

    def is_excluded(self, path: str) -> bool:
        """Return whether the config says that a path is no code."""
        return bool(self.place.exclude) and self.excluded_by(self.from_cwd(path))

    def from_cwd(self, path: str) -> str:
        """Return a path as patterns of the config have it: from where runs start."""
        return os.path.relpath(self.full(path), self.cwd)

    def from_program(self, path: str) -> str:
        """Return a path from the folder of the program on; from where runs start if not below."""
        full = self.full(path)
        folder = self.folder if folders.is_below(full, self.folder) else self.cwd
        return os.path.relpath(full, folder)
