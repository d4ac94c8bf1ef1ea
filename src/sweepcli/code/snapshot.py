"""A frozen sweep's code in one file: `snapshot.tar.gz`, in the sweep's own folder.

The same code makes the same bytes. First comes `snapshot.json`, which says what the rest is; then
the files below the root, and those that the command names outside of it.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import stat
import tarfile
import zlib
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import regular_files
from sweepcli.code import kept, lfs, repository
from sweepcli.code.blobs import LINK, PROGRAM
from sweepcli.code.git import GitProblem
from sweepcli.code.uncommitted import Moved
from sweepcli.errors import ConfigError, SweepError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from sweepcli.code.blobs import File
    from sweepcli.code.place import Place
    from sweepcli.code.tree import Tree
    from sweepcli.records import JSON

ABOUT = "snapshot.json"
ROOT, OUTSIDE = "root", "outside"  # folders in the archive
LARGEST = 10_000_000  # bytes of a file; larger ones are left out, and listed
MOST = 200_000_000  # bytes of all
TIME = 315_532_800  # of all files: 1980, before which some tools know no time
SHOWN = 4  # folders in a message
PIECE = 1 << 20
TOO_LARGE = (
    "the code has {size:.0f} MB, and at most {most:.0f} MB are frozen. The largest folders: "
    "{folders}. Leave out what is no code, as in `code: {{frozen: true, exclude: [{example}]}}`"
)
DAMAGED = "{path}: damaged, so the frozen code cannot be had from it: {why}"


class Snapshot(NamedTuple):
    """What an archive says of itself. Paths are from the root on, unless they are absolute."""

    code: str  # the id of the version
    root: str  # on the machine where the sweep was created, as is the next
    cwd: str  # where it was created
    outside: tuple[str, ...] = ()  # absolute paths of files; in the archive they have numbers
    path: tuple[str, ...] = ()  # folders from which its Python imported
    beside: tuple[str, ...] = ()  # source that was there and is not in it
    left_out: dict[str, str] = {}  # noqa: RUF012 -- read only: paths, and why

    @property
    def name(self) -> str:
        """The name of the root's folder: programs may ask for it."""
        return os.path.basename(self.root) or ROOT


def write(
    place: str,
    tree: Tree,
    where: Place,
    *,
    path: tuple[str, ...] = (),
    beside: tuple[str, ...] = (),
    at: Callable[[str], str] | None = None,
) -> Snapshot:
    """Write an archive with all code of a tree, whole or not at all, and return what it says.

    `at` returns where a file is, of a tree that is not in its own root.

    What git changes by a filter is left out: in the work tree it is decrypted, or otherwise not
    what others get.

    Raises ConfigError for too much code; OSError, and of those Moved if a file has changed.
    """
    left_out = not_taken(tree)
    taken = {name: file for name, file in tree.files.items() if name not in left_out}
    _refuse_too_much(taken)
    found = Snapshot(
        code=tree.id,
        root=tree.root,
        cwd=where.cwd,
        outside=tuple(sorted(name for name in taken if os.path.isabs(name))),
        path=path,
        beside=beside,
        left_out={**tree.left_out, **left_out},
    )
    with kept.replacing(place) as file:
        _write(file, found, taken, at or partial(os.path.join, tree.root))
    return found


def not_taken(tree: Tree) -> dict[str, str]:
    """Return which code of a tree no snapshot has, and why."""
    found = {
        name: f"has more than {LARGEST // 10**6} MB"
        for name, file in tree.files.items()
        if file.size > LARGEST
    }
    for opened in tree.opened:
        inside = os.path.relpath(opened.top, tree.root)
        start = "" if inside == os.curdir else f"{inside}/"
        own = (name for name in tree.files if name.startswith(start) and not os.path.isabs(name))
        names = {name.removeprefix(start): name for name in own}
        try:
            filters = repository.filters_of(opened, list(names))
        except GitProblem:
            continue
        for name, kind in filters.items():
            if kind != lfs.FILTER:
                found[names[name]] = f"git's filter {kind} may hide what is in it"
    return found


def _refuse_too_much(files: dict[str, File]) -> None:
    total = sum(file.size for file in files.values())
    if total <= MOST:
        return
    sizes = Counter[str]()
    for name, file in files.items():
        sizes[name.partition("/")[0] if "/" in name[1:] else "."] += file.size
    largest = sizes.most_common(SHOWN)
    folders = ", ".join(f"{name} {size / 1e6:.0f} MB" for name, size in largest)
    example = next((name for name, _ in largest if name != "."), "'*.bin'")
    raise ConfigError(
        TOO_LARGE.format(size=total / 1e6, most=MOST / 1e6, folders=folders, example=example)
    )


def _write(
    file: BinaryIO, found: Snapshot, files: dict[str, File], at: Callable[[str], str]
) -> None:
    about = json.dumps({**found._asdict(), "left_out": found.left_out}, sort_keys=True).encode()
    numbers = {name: number for number, name in enumerate(found.outside)}
    with (
        gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        archive.addfile(_member(ABOUT, len(about)), io.BytesIO(about))
        for name in sorted(files):
            inside = (
                f"{OUTSIDE}/{numbers[name]}/{os.path.basename(name)}"
                if name in numbers
                else f"{ROOT}/{name}"
            )
            _add(archive, inside, at(name), files[name])


def _add(archive: tarfile.TarFile, name: str, path: str, file: File) -> None:
    if file.mode == LINK:
        member = _member(name, 0)
        member.type = tarfile.SYMTYPE
        try:
            member.linkname = os.readlink(path)
        except OSError as error:
            raise Moved(path) from error
        archive.addfile(member)
        return
    member = _member(name, file.size, is_program=file.mode == PROGRAM)
    archive.addfile(member, io.BytesIO(_content(path, file)))


def _content(path: str, file: File) -> bytes:
    """Return what a file holds; raise Moved if it is not what the look has seen."""
    try:
        with regular_files.opened(path) as opened:
            before = os.fstat(opened.fileno())
            content = opened.read(file.size + 1)
            after = os.fstat(opened.fileno())
    except OSError as error:
        raise Moved(path) from error
    is_same = before.st_ctime_ns == after.st_ctime_ns == file.changed_at_ns
    if not is_same or len(content) != file.size:
        raise Moved(path)
    return content


def _member(name: str, size: int, *, is_program: bool = False) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mtime, member.mode = size, TIME, 0o755 if is_program else 0o644
    return member


def read(place: str) -> Snapshot:
    """Return what an archive says of itself; raise OSError, SweepError for a damaged one."""
    with regular_files.opened(place) as file:
        for _, _, content in members(file, place):
            return parsed(content, place)
    raise SweepError(DAMAGED.format(path=place, why="it is empty"))


def unpack(place: str, folder: str) -> Snapshot:
    """Put all that is in an archive into an empty folder; raise as `read` does.

    Nothing is written outside of the folder, whatever the archive holds: links are made last.
    """
    links: list[tuple[str, str]] = []
    found: Snapshot | None = None
    with regular_files.opened(place) as file:
        for member, parts, content in members(file, place):
            target = os.path.join(folder, *parts)
            if found is None:
                found = parsed(content, place)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            if member.issym():
                links.append((member.linkname, target))
                continue
            with open(target, "xb") as made:
                made.write(content)
            os.chmod(target, 0o555 if member.mode & stat.S_IXUSR else 0o444)
            os.utime(target, (TIME, TIME))
    if found is None:
        raise SweepError(DAMAGED.format(path=place, why="it is empty"))
    for text, target in links:
        os.symlink(text, target)
    return found


def members(file: BinaryIO, place: str) -> Iterator[tuple[tarfile.TarInfo, tuple[str, ...], bytes]]:
    """Yield each member with the parts of its path and what it holds."""
    total = 0
    try:
        with tarfile.open(fileobj=file, mode="r:gz") as archive:
            for member in archive:
                parts = tuple(member.name.split("/"))
                total += member.size
                is_known = member.isreg() or member.issym()
                if not is_known or {"", ".", ".."} & {*parts} or total > 2 * MOST:
                    raise SweepError(DAMAGED.format(path=place, why=f"{member.name!r:.80} in it"))
                opened = archive.extractfile(member) if member.isreg() else None
                yield member, parts, opened.read() if opened else b""
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise SweepError(DAMAGED.format(path=place, why=error)) from error


def parsed(content: bytes, place: str) -> Snapshot:
    """Return what a `snapshot.json` says; raise SweepError for a damaged one."""
    try:
        data: dict[str, JSON] = json.loads(content)
        known = {name: data[name] for name in Snapshot._fields}
        lists = {name: tuple(known[name]) for name in ("outside", "path", "beside")}
        return Snapshot(**{**known, **lists})
    except (ValueError, LookupError, TypeError) as error:
        raise SweepError(DAMAGED.format(path=place, why=error)) from error
