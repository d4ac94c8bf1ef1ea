"""The files of a run and the facts about it, under the names that W&B's public API has."""

from __future__ import annotations

import io
import json
import os
import re
import time
from typing import TYPE_CHECKING, TextIO

from sweepcli import folders, regular_files
from sweepcli.errors import UsageError
from sweepcli.runs import attempt_record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import BinaryIO

    from sweepcli.code.environment import Environment
    from sweepcli.code.version import Version
    from sweepcli.records import JSON, Run, Sweep
    from sweepcli.stores.location import Location
    from sweepcli.views.code_of_run import CodeOfRun

METADATA = "wandb-metadata.json"
PATCH = "diff.patch"
PACKAGES = "requirements.txt"


class File:
    """A file of a run: one that it saved or printed, or one that is made of what is known."""

    def __init__(self, name: str, *, path: str | None = None, content: bytes = b"") -> None:
        self.name = name
        self.url = path or ""
        self.size = len(content) if path is None else os.path.getsize(path)
        self._path = path
        self._content = content

    def download(
        self,
        root: str = ".",
        replace: bool = False,  # noqa: FBT001, FBT002 -- W&B's signature
        exist_ok: bool = False,  # noqa: FBT001, FBT002 -- likewise
        **_: object,
    ) -> TextIO:
        """Copy it into a folder and open the copy; raise ValueError for one that is there."""
        import shutil  # noqa: PLC0415 -- milliseconds, as what else is imported in functions here

        place = os.path.join(root, self.name)
        if os.path.exists(place) and not replace:
            if not exist_ok:
                raise ValueError(f"{place} exists; replace=True overwrites it")
            return open(place, encoding="utf-8")
        os.makedirs(os.path.dirname(place) or ".", exist_ok=True)
        with self._opened() as source, open(place, "wb") as copy:
            shutil.copyfileobj(source, copy)
        return open(place, encoding="utf-8")

    def _opened(self) -> BinaryIO:
        return io.BytesIO(self._content) if self._path is None else regular_files.opened(self._path)

    def __repr__(self) -> str:
        return f"<sweepcli file {self.name} ({self.size} bytes)>"


class WithFiles:
    """A run with its folder, its files, and what W&B's package says of the code that it had."""

    def __init__(self, record: Run, sweep: Sweep, location: Location) -> None:
        self._record = record
        self._sweep = sweep
        self._location = location

    @property
    def dir(self) -> str:
        """The folder of the last attempt."""
        return folders.last_attempt_folder(self._location.results, self._sweep, self._record)

    @property
    def commit(self) -> str | None:
        """The commit of its code; None if there is none, or it is not known on this machine."""
        found = self._seen().version
        return found and found.commit

    @property
    def metadata(self) -> dict[str, JSON] | None:
        """What W&B's package keeps in `wandb-metadata.json`, as far as it is known here.

        None for a run that has not started.
        """
        if not self._record.attempt:
            return None
        return _metadata(self._record, self._sweep, self.dir, self._seen())

    def files(
        self, names: Sequence[str] | None = None, pattern: str | None = None, **_: object
    ) -> list[File]:
        """Return its files: those with some names, or that fit a pattern of SQL's LIKE."""
        files = [File(name, path=path) for name, path in _kept(self.dir)]
        files += [File(name, content=content) for name, content in self._made()]
        return _chosen(sorted(files, key=lambda file: file.name), names, pattern)

    def file(self, name: str) -> File:
        """Return the file with a name, such as `diff.patch`; raise UsageError if it has none."""
        known = {file.name: file for file in self.files()}
        if name not in known:
            there = ", ".join(known) or "none"
            raise UsageError(f"run {self._record.id} has no file {name!r}; there are: {there}")
        return known[name]

    def _seen(self) -> CodeOfRun:
        from sweepcli.views import code_of_run  # noqa: PLC0415 -- see above

        return code_of_run.of(self._location.results, self._record.seen)

    def _made(self) -> Iterator[tuple[str, bytes]]:
        """Yield name and content of the files that W&B's package would have kept."""
        seen = self._seen()
        if known := self.metadata:
            yield METADATA, json.dumps(known, indent=2).encode()
        if seen.packages is not None:
            lines = (f"{name}=={version}\n" for name, version in sorted(seen.packages.items()))
            yield PACKAGES, "".join(lines).encode()
        if seen.version and (patch := _patch(self._location.results, seen.version)):
            yield PATCH, patch


def _chosen(files: Iterable[File], names: Sequence[str] | None, pattern: str | None) -> list[File]:
    """Return the files with these names, else those that fit a pattern of SQL's LIKE, else all."""
    if names:
        return [file for file in files if file.name in names]
    if pattern is None:
        return [*files]
    signs = {"%": ".*", "_": "."}
    like = "".join(signs.get(sign) or re.escape(sign) for sign in pattern)
    return [file for file in files if re.fullmatch(like, file.name, re.DOTALL)]


def _patch(results: str, found: Version) -> bytes | None:
    from sweepcli.code import version  # noqa: PLC0415 -- see above

    try:
        return version.patch(results, found.id)
    except (OSError, ValueError):
        return None


def _kept(folder: str) -> Iterator[tuple[str, str]]:
    """Yield name and path of what the run printed and saved."""
    from sweepcli.sdk.media.artifacts import SAVED  # noqa: PLC0415 -- see above

    output = os.path.join(folder, folders.OUTPUT)
    if os.path.isfile(output):
        yield folders.OUTPUT, output
    root = os.path.join(folder, SAVED)
    for inside, _, names in os.walk(root):
        for name in names:
            path = os.path.join(inside, name)
            if os.path.isfile(path):
                yield os.path.relpath(path, root), path


def _metadata(run: Run, sweep: Sweep, folder: str, seen: CodeOfRun) -> dict[str, JSON]:
    from sweepcli.views import command_line  # noqa: PLC0415 -- see above

    started = attempt_record.started(folder)
    words, directory, _ = started or ([], None, {})
    behind = command_line.first_argument(words, sweep.config.program) if words else 0
    known: dict[str, JSON] = {
        **_of_environment(seen.environment),
        "startedAt": _moment(run.started_at),
        "args": words[behind:],
        **(_of_code(seen.version) if seen.version else {"program": sweep.config.program}),
        "root": directory,
    }
    return {name: value for name, value in known.items() if value not in (None, "", [])}


def _of_environment(found: Environment | None) -> dict[str, JSON]:
    if found is None:
        return {}
    return {
        "os": found.platform,
        "python": f"{found.implementation} {found.python}" if found.python else None,
        "host": found.host,
        "executable": found.interpreter,
        "gpu": next(iter(found.gpus), None),
        "gpu_count": len(found.gpus) or None,
        "gpu_nvidia": [{"name": name} for name in found.gpus],
    }


def _of_code(found: Version) -> dict[str, JSON]:
    git = {"remote": found.top.remote, "commit": found.top.commit} if found.top else {}
    here = os.path.relpath(found.program, found.cwd) if found.program else None
    return {
        "program": os.path.normpath(os.path.join(found.root, found.program)) if here else None,
        "codePath": found.program,
        "codePathLocal": here,
        "git": {name: value for name, value in git.items() if value} or None,
    }


def _moment(seconds: float | None) -> str | None:
    """Return a time as W&B writes it."""
    if seconds is None:
        return None
    whole = int(seconds)
    since = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole))
    return f"{since}.{int((seconds - whole) * 1e6):06d}Z"
