"""Finds what the files of a version held: each content is checked by its blob id.

No commit needs to be there: its files are looked for by their ids, in the repository of then and
in that of the working directory. Nothing is written to a repository.
"""

from __future__ import annotations

import os
import re
import stat
import tempfile
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import regular_files
from sweepcli.code import blobs, git, objects, repository, snapshot, version
from sweepcli.code.git import GitProblem
from sweepcli.code.version import Version

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from sweepcli.code.git import Opened
    from sweepcli.code.tree import Repository

AT_ONCE = 200  # blobs that git is asked for, whose contents are in memory together
LARGEST = 1 << 30  # bytes of one file
_NOTHING = re.compile(rb"0+")
_SECTION = re.compile(rb"^diff --git ", re.MULTILINE)
_INDEX = re.compile(rb"^index ([0-9a-f]{40})\.\.([0-9a-f]{40})", re.MULTILINE)
_BODY = re.compile(rb"^(@@ |GIT binary patch)", re.MULTILINE)


class Wanted(NamedTuple):
    """A version whose contents are looked for, and where."""

    results: str
    of: Version
    files: Mapping[str, tuple[str, str]]  # all its files: mode and blob id by path
    here: str  # a folder; its repository may be the one of then, which was moved
    archive: str | None = None  # with its code, if that was frozen

    def found(self, paths: Collection[str]) -> Iterator[tuple[str, bytes]]:
        """Yield blob ids and contents of some files, each once."""
        left = {self.files[path][1] for path in paths}
        for source in (self._frozen, self._kept, self._on_disk, self._in_git, self._patched):
            for blob, content in source(frozenset(left)):
                if blob in left and blobs.id_of(content) == blob:
                    left.discard(blob)
                    yield blob, content

    def reason(self) -> str:
        """Return why the content of a file of the version is nowhere."""
        root, commit = self.of.root, self.of.commit
        if commit is None:
            return f"it has changed in {root} since, or is gone, and was not kept"
        places, problem = [], ""
        for top in self._tops(self.of.repositories[0]):
            try:
                places.append(git.opened(top))
            except GitProblem as found:
                problem = problem or f": {found}"
        if not places:
            return (
                f"the repository {root} cannot be read{problem} (if it was moved, call this in it)"
            )
        if not any(objects.has_commit(place, commit) for place in places):
            return f"commit {commit[:12]} is not in {places[0].top} any more"
        return f"neither {places[0].top} nor the results directory has its content"

    def repositories(self, of: Repository) -> Iterator[Opened]:
        """Yield where a repository of the version may be now: in its place of then, or here."""
        for top in self._tops(of):
            with suppress(GitProblem):
                yield git.opened(top)

    def _tops(self, of: Repository) -> list[str]:
        tops = (self.of.root, repository.top_of(self.here))
        return [*dict.fromkeys(os.path.normpath(os.path.join(top, of.path)) for top in tops if top)]

    def _frozen(self, asked: Collection[str]) -> Iterator[tuple[str, bytes]]:
        if self.archive and asked:
            for _, _, content in _inside(self.archive):
                yield blobs.id_of(content), content

    def _kept(self, asked: Collection[str]) -> Iterator[tuple[str, bytes]]:
        for blob in asked:
            try:
                yield blob, version.content(self.results, blob)
            except (OSError, ValueError):
                continue

    def _on_disk(self, asked: Collection[str]) -> Iterator[tuple[str, bytes]]:
        """Yield what the working tree still has, whatever git says of it."""
        wanted = ((path, mode, blob) for path, (mode, blob) in self.files.items() if blob in asked)
        for path, mode, blob in wanted:
            place = os.path.join(self.of.root, path)
            try:
                if mode == blobs.LINK:
                    yield blob, os.readlink(os.fsencode(place))
                elif not os.path.islink(place):
                    yield blob, regular_files.content(place, LARGEST)
            except (OSError, ValueError):
                continue

    def _in_git(self, asked: Collection[str]) -> Iterator[tuple[str, bytes]]:
        left = set(asked)
        for place in (each for of in self.of.repositories for each in self.repositories(of)):
            ids = iter(sorted(left))
            while some := list(islice(ids, AT_ONCE)):
                for blob, content in objects.blobs(place, some):
                    left.discard(blob)
                    yield blob, content

    def _patched(self, asked: Collection[str]) -> Iterator[tuple[str, bytes]]:
        """Yield what the patch makes of the contents that the commits have."""
        patch = version.patch(self.results, self.of.id)
        parts = [part for part in _parts(patch or b"") if part.new in asked]
        old = {part.old for part in parts if part.old}
        bases = {**dict(self._in_git(old)), **dict(self._kept(old))}
        known = [part for part in parts if not part.old or part.old in bases]
        if not known:
            return
        with tempfile.TemporaryDirectory() as folder:
            files = [os.path.join(folder, str(number)) for number in range(len(known))]
            for part, file in zip(known, files, strict=True):
                if part.old:
                    with open(file, "wb") as base:
                        base.write(bases[part.old])
            objects.apply(folder, b"".join(part.about(at) for at, part in enumerate(known)))
            for part, file in zip(known, files, strict=True):
                with suppress(OSError):
                    yield part.new, regular_files.content(file, LARGEST)


def of_archive(results: str, archive: str, here: str) -> Wanted:
    """Return the version that an archive is; raise OSError, SweepError for a damaged one."""
    about = snapshot.read(archive)
    files = {path: (mode, blobs.id_of(content)) for path, mode, content in _inside(archive)}
    found = Version(
        id=about.code,
        seen_at=0.0,
        root=about.root,
        cwd=os.path.relpath(about.cwd, about.root),
        program="",
        repositories=(),
        left_out=about.left_out,
        kept={},
        has_patch=False,
        problem=None,
    )
    return Wanted(results, found, files, here, archive)


def _inside(archive: str) -> Iterator[tuple[str, str, bytes]]:
    """Yield path, mode and content of each file of an archive."""
    about = snapshot.read(archive)
    with regular_files.opened(archive) as file:
        for member, parts, content in snapshot.members(file, archive):
            kind, *names = parts
            path = about.outside[int(names[0])] if kind == snapshot.OUTSIDE else "/".join(names)
            if member.issym():
                yield path, blobs.LINK, os.fsencode(member.linkname)
            elif kind in (snapshot.OUTSIDE, snapshot.ROOT):
                is_program = member.mode & stat.S_IXUSR
                yield path, blobs.PROGRAM if is_program else blobs.FILE, content


class _Part(NamedTuple):
    """What a patch says of one file: blob ids before and after, and how one becomes the other."""

    old: str | None  # None: there was no file
    new: str
    body: bytes

    def about(self, number: int) -> bytes:
        """Return it for a file whose name is a number: a path may be anything."""
        name, mode = str(number).encode(), b"" if self.old else b"new file mode 100644\n"
        old = b"a/" + name if self.old else b"/dev/null"
        ids = (self.old or "0" * len(self.new)).encode(), self.new.encode()
        head = b"diff --git a/%b b/%b\n%bindex %b..%b%b\n" % (
            *(name, name, mode, *ids),
            b" 100644" if self.old else b"",
        )
        names = b"" if self.body.startswith(b"GIT") else b"--- %b\n+++ b/%b\n" % (old, name)
        return head + names + self.body


def _parts(patch: bytes) -> Iterator[_Part]:
    for section in _SECTION.split(patch)[1:]:
        ids, body = _INDEX.search(section), _BODY.search(section)
        if ids and body and not _NOTHING.fullmatch(ids[2]):
            old = None if _NOTHING.fullmatch(ids[1]) else ids[1].decode()
            yield _Part(old, ids[2].decode(), section[body.start() :])
