"""What git repositories still have: contents by their ids, and what is in commits. Only read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sweepcli.code import git
from sweepcli.code.git import GitProblem, Opened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BLOB = b"blob"
# A file is written as the patch has it, whatever ends the lines of the user's files.
AS_IT_IS = ("core.autocrlf=false", "core.eol=lf", "core.safecrlf=false")


def has_commit(place: Opened, commit: str) -> bool:
    """Return whether a repository has a commit."""
    try:
        git.ask(place, ("cat-file", "-e", f"{commit}^{{commit}}"))
    except GitProblem:
        return False
    return True


def files_of(place: Opened, commit: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield path, mode and blob id of the files of a commit; none if it is not there."""
    try:
        said = git.ask(place, ("ls-tree", "-r", "-z", "--full-tree", commit))
    except GitProblem:
        return
    for line in said.split("\0")[:-1]:
        about, _, path = line.partition("\t")
        mode, kind, blob = about.split(" ")
        if kind == "blob":
            yield path, (mode, blob)


def blobs(place: Opened, ids: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Yield ids and contents of those blobs that a repository has."""
    try:
        answer = os.fsencode(git.ask(place, ("cat-file", "--batch"), ids, end="\n"))
    except GitProblem:
        return
    at = 0
    while (end := answer.find(b"\n", at)) >= 0:
        name, *about = answer[at:end].split()
        at = end + 1
        if len(about) > 1 and about[1].isdigit():  # not of one that is missing
            size = int(about[1])
            if about[0] == BLOB:
                yield name.decode(), answer[at : at + size]
            at += size + 1


def apply(folder: str, patch: bytes) -> None:
    """Apply a patch to the files of a folder, unless it does not fit."""
    nowhere = Opened(folder, os.devnull, AS_IT_IS, ())  # no repository has a say
    try:
        words = ("apply", "--whitespace=nowarn", "-")
        git.ask(nowhere, words, [os.fsdecode(patch)], end="")
    except GitProblem:
        return
