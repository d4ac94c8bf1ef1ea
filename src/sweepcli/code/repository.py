"""What git says of a repository: its files, what was changed, where it comes from."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.code import git, remotes, rules
from sweepcli.code.git import GitProblem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.code.git import Opened

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"  # git knows it everywhere
GITLINK = "160000"  # git's mode of a submodule
UNCHANGED = "."
WATCHED = "H"  # the tag of a file that git looks at, and no conflict
PATHS_AT_ONCE = 500  # on one command line


class State(NamedTuple):
    """What a repository holds; paths are from its top on."""

    commit: str | None
    branch: str | None
    remote: str | None
    tracked: dict[str, tuple[str, str]]  # in the index: mode and id
    staged: frozenset[str]  # the index is not as the commit
    unknown: dict[str, str]  # not as in the index, or gone, so that the id is not known; its mode
    unwatched: frozenset[str]  # git was told not to look at them
    untracked: list[str]
    nested: list[str]  # submodules, and repositories that git does not track


def top_of(folder: str) -> str | None:
    """Return the nearest folder, this one or above, that has a `.git`; None if there is none."""
    while not os.path.lexists(os.path.join(folder, ".git")):
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
    return folder


def state(found: Opened, folders: Sequence[str], results: str) -> State:
    """Return what a repository holds; untracked files only of some folders below its top."""
    status = (
        *("status", "--porcelain=v2", "--branch", "-z", "--untracked-files=no"),
        *("--ignore-submodules=all", "--no-renames", "--no-ahead-behind"),
    )
    ignored = [option for name in (*rules.NEVER, ".*") for option in ("-x", f"{name}/")]
    inside = os.path.relpath(results, found.top)
    if not inside.startswith(".."):
        ignored += ["-x", f"/{_escaped(inside)}/"]
    others = ("ls-files", "--others", "--exclude-standard", "-z", *ignored, "--", *folders)
    asked = [status, ("ls-files", "--stage", "-v", "-z"), others][: 3 if folders else 2]
    said, index, *loose = git.answers(asked, at=found.top, found=found)
    return _state(found, said, index, "".join(loose))


def _state(found: Opened, said: str, index: str, others: str) -> State:
    heads, staged, unknown = _status(said)
    tracked, nested, unwatched = {}, [], []
    for line in index.split("\0")[:-1]:
        about, _, path = line.partition("\t")
        tag, mode, blob, _ = about.split(" ")
        if len(blob) != len(EMPTY_TREE):
            raise GitProblem(f"{found.top} names its files by SHA-256, which is not read yet")
        if mode == GITLINK:
            nested.append(path)
            continue
        tracked[path] = mode, blob
        if tag.upper() != WATCHED or tag.islower():
            unwatched.append(path)
    loose = others.split("\0")[:-1]
    branch = heads.get("branch.head")
    return State(
        commit=None if (commit := heads.get("branch.oid")) == "(initial)" else commit,
        branch=None if branch == "(detached)" else branch,
        remote=remotes.url_of(found.config, branch),
        tracked=tracked,
        staged=frozenset(staged),
        unknown=unknown,
        unwatched=frozenset(unwatched),
        untracked=[path for path in loose if not path.endswith("/")],
        nested=nested + [path[:-1] for path in loose if path.endswith("/")],
    )


def _status(said: str) -> tuple[dict[str, str], list[str], dict[str, str]]:
    """Return the heads, where the index is not as the commit, and the files not as the index."""
    heads, staged, unknown = {}, [], {}
    for line in said.split("\0")[:-1]:
        kind, _, rest = line.partition(" ")
        if kind == "#":
            name, _, value = rest.partition(" ")
            heads[name] = value
        elif kind in "1u":
            words = rest.split(" ", 7 if kind == "1" else 9)
            index, work = words[0][0], words[0][1]
            if GITLINK in words[2:6]:
                continue
            if index != UNCHANGED:
                staged.append(words[-1])
            if work != UNCHANGED:
                unknown[words[-1]] = words[4 if kind == "1" else 5]
    return heads, staged, unknown


def filters_of(found: Opened, paths: Sequence[str]) -> dict[str, str]:
    """Return the filter of each path that has one that is set up; raise GitProblem."""
    if not paths or not found.filters:
        return {}
    said = git.ask(found, ("check-attr", "-z", "--stdin", "filter"), paths)
    parts = iter(said.split("\0")[:-1])
    named = ((path, value) for path, _, value in zip(parts, parts, parts, strict=False))
    return {path: value for path, value in named if value in found.filters}


def ids_of(found: Opened, paths: Sequence[str]) -> dict[str, str]:
    """Return the ids of files as git would store them, with its line ends; raise GitProblem."""
    plain = [path for path in paths if "\n" not in path and not path.startswith('"')]
    if not plain:
        return {}
    said = git.ask(found, ("hash-object", "--stdin-paths"), plain, end="\n")
    return dict(zip(plain, said.split("\n"), strict=False))


def sizes_of(found: Opened, commit: str | None, paths: Sequence[str]) -> dict[str, int]:
    """Return the sizes that files have in a commit; raise GitProblem."""
    plain = [path for path in paths if "\n" not in path]
    if commit is None or not plain:
        return {}
    names = [f"{commit}:{path}" for path in plain]
    said = git.ask(found, ("cat-file", "--batch-check=%(objectsize)"), names, end="\n")
    sizes = zip(plain, said.split("\n"), strict=False)
    return {path: int(size) for path, size in sizes if size.isdigit()}


def patch(found: Opened, commit: str | None, paths: Sequence[str], prefix: str) -> bytes:
    """Return how files differ from a commit, with `prefix` before their names.

    Raises GitProblem. The plumbing command reads fewer settings, and never refreshes the index.
    """
    pieces = (paths[at : at + PATHS_AT_ONCE] for at in range(0, len(paths), PATHS_AT_ONCE))
    asked = (
        *("diff-index", "--patch", "--binary", "--full-index", "--no-color", "--no-ext-diff"),
        *("--no-textconv", "--no-renames", "--ignore-submodules=all", "-U3"),
        *(f"--src-prefix=a/{prefix}", f"--dst-prefix=b/{prefix}", commit or EMPTY_TREE, "--"),
    )
    told = (git.ask(found, (*asked, *piece)) for piece in pieces)
    return b"".join(os.fsencode(text) for text in told)


def _escaped(path: str) -> str:
    """Return a path as a pattern that matches nothing else."""
    return re.sub(r"([\\*?\[ ])", r"\\\1", path)
