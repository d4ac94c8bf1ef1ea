"""Artifacts: named versions of files, kept as copies in the folder of the run that logged them."""

from __future__ import annotations

import json
import os
import shutil

from sweepcli import env
from sweepcli.errors import SweepError, UsageError
from sweepcli.sdk.kept import Keeper, Media, safe
from sweepcli.sdk.table import Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import IO, Any

    from sweepcli.sdk.run import Run

FOLDER = "artifacts"
ABOUT = "artifact.json"  # what is known of one, beside its files
PARTS = 3  # of `entity/project/name`


class Artifact:
    """Files under one name; nothing is copied before it is logged."""

    def __init__(
        self,
        name: str,
        type: str,  # noqa: A002 -- W&B's name
        description: str | None = None,
        metadata: dict[str, Any] | None = None,
        **_: Any,
    ) -> None:
        self.name = name
        self.type = type
        self.description = description
        self.metadata = metadata or {}
        self.aliases: list[str] = []
        self.version = "v0"
        self._folder: str | None = None  # once it is logged
        self._files: dict[str, str | Media] = {}  # name within -> path, or what it is made of
        self._references: dict[str, str] = {}

    def add_file(self, local_path: Any, name: str | None = None, **_: Any) -> None:
        """Add a file under its own name or another one."""
        path = os.fspath(local_path)
        if not os.path.isfile(path):
            raise ValueError(f"Artifact {self.name}: there is no file {path}")
        self._files[name or os.path.basename(path)] = os.path.abspath(path)

    def add_dir(self, local_path: Any, name: str | None = None, **_: Any) -> None:
        """Add all files of a folder, under the same names."""
        root = os.fspath(local_path)
        if not os.path.isdir(root):
            raise ValueError(f"Artifact {self.name}: there is no folder {root}")
        for folder, _folders, files in os.walk(root):
            for each in files:
                path = os.path.join(folder, each)
                self.add_file(path, os.path.join(name or "", os.path.relpath(path, root)))

    def add_reference(self, uri: Any, name: str | None = None, **_: Any) -> None:
        """Add an address; what is there is not fetched."""
        self._references[name or os.path.basename(str(uri))] = str(uri)

    def add(self, obj: Any, name: str, **_: Any) -> None:
        """Add a table, a picture or other media."""
        if not isinstance(obj, Media):
            raise UsageError(f"Artifact.add(): media are needed, not a {type(obj).__name__}")
        self._files[f"{name}.json"] = obj

    def new_file(self, name: str, mode: str = "w", encoding: str | None = None) -> IO[Any]:
        """Return a file to write to, which becomes a part."""
        import tempfile  # noqa: PLC0415 -- costs start-up time, rarely needed

        path = os.path.join(tempfile.mkdtemp(), os.path.basename(name))
        self._files[name] = path
        return open(path, mode, encoding=encoding)

    def log_into(self, run: Run, aliases: Sequence[str] | None) -> None:
        """Copy everything into the folder of a run, as the next version of this name there."""
        self.aliases = [*(aliases or ()), "latest"]
        if run.dir is None or run.disabled:
            return
        root = os.path.join(run.dir, FOLDER, safe(self.name))
        number = 0
        while os.path.exists(os.path.join(root, f"v{number}")):
            number += 1
        self.version, folder = f"v{number}", os.path.join(root, f"v{number}")
        for name, source in self._files.items():
            path = os.path.join(folder, *safe(name).split("/"))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            if isinstance(source, Media):
                _write(path, _content(source, Keeper(folder, 0), name))
            else:
                shutil.copyfile(source, path)
        self._folder = folder
        about = {"name": self.name, "type": self.type, "aliases": self.aliases}
        more = {"metadata": self.metadata, "references": self._references}
        os.makedirs(folder, exist_ok=True)
        _write(os.path.join(folder, ABOUT), json.dumps({**about, **more}, default=str).encode())

    def download(self, root: str | None = None, **_: Any) -> str:
        """Return the folder of the files, or copy them to another one."""
        folder = self._here()
        if root is None:
            return folder
        for name in self._names():
            path = os.path.join(root, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            shutil.copyfile(os.path.join(folder, name), path)
        return root

    checkout = download

    def file(self, root: str | None = None) -> str:
        """Return the path of the only file."""
        names = [*self._names()]
        if len(names) != 1:
            raise ValueError(f"Artifact {self.name} has {len(names)} files, not one")
        return os.path.join(self.download(root), names[0])

    def get_path(self, name: str) -> Entry:
        """Return a file by its name within."""
        return Entry(os.path.join(self._here(), *safe(name).split("/")))

    get_entry = get_path

    def files(self, *_: Any, **__: Any) -> list[Entry]:
        """Return all files."""
        return [Entry(os.path.join(self._here(), name)) for name in self._names()]

    def wait(self, *_: Any, **__: Any) -> Artifact:
        """Return at once: what is logged is there."""
        return self

    save = finalize = wait

    def _here(self) -> str:
        if self._folder is None:
            raise ValueError(f"Artifact {self.name} has not been logged")
        return self._folder

    def _names(self) -> Iterator[str]:
        root = self._here()
        for folder, _folders, files in os.walk(root):
            for each in files:
                if each != ABOUT:
                    yield os.path.relpath(os.path.join(folder, each), root)

    @classmethod
    def found(cls, folder: str) -> Artifact:
        """Return an artifact that was logged into this folder."""
        with open(os.path.join(folder, ABOUT), encoding="utf-8") as file:
            about = json.load(file)
        artifact = cls(about["name"], about["type"], metadata=about["metadata"])
        artifact.aliases = about["aliases"]
        artifact.version = os.path.basename(folder)
        artifact._folder = folder
        return artifact


class Entry:
    """One file of an artifact."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.name = os.path.basename(path)

    def download(self, *_: Any, **__: Any) -> str:
        """Return where the file is."""
        return self.path


def log_artifact(
    run: Run,
    artifact_or_path: Any,
    name: str | None = None,
    type: str | None = None,  # noqa: A002 -- W&B's name
    aliases: Sequence[str] | None = None,
    **_: Any,
) -> Artifact:
    """Keep an artifact, or a file or folder as one, in the run's folder."""
    artifact = artifact_or_path
    if not isinstance(artifact, Artifact):
        path = os.fspath(artifact_or_path)
        artifact = Artifact(name or f"run-{run.id}-{os.path.basename(path)}", type or "unspecified")
        add = artifact.add_dir if os.path.isdir(path) else artifact.add_file
        add(path)
    artifact.log_into(run, [aliases] if isinstance(aliases, str) else aliases)
    return artifact


def use_artifact(run: Run, artifact_or_name: Any, *_: Any, **__: Any) -> Artifact:
    """Return an artifact that a run of this project has logged: the newest, or the version named.

    Raises SweepError if there is none on this machine.
    """
    if isinstance(artifact_or_name, Artifact):
        return artifact_or_name
    wanted, _colon, version = str(artifact_or_name).partition(":")
    name = safe(wanted.split("/", PARTS - 1)[-1] if wanted.count("/") == PARTS - 1 else wanted)
    root = os.path.join(env.results_dir(), run.entity, run.project)
    found = [*_logged(root, name, version)]
    if not found:
        raise SweepError(f"no artifact {artifact_or_name!r} was logged in {root}")
    return Artifact.found(max(found, key=os.path.getmtime))


def log_model(
    run: Run, path: Any, name: str | None = None, aliases: Sequence[str] | None = None
) -> None:
    """Keep a model's file or folder as an artifact."""
    log_artifact(run, path, name, "model", aliases)


def use_model(run: Run, name: str) -> str:
    """Return the path of a model that was logged: of its file, if it is one file."""
    artifact = use_artifact(run, name)
    files = artifact.files()
    return files[0].path if len(files) == 1 else artifact.download()


def _logged(root: str, name: str, version: str) -> Iterator[str]:
    """Return the folders of an artifact's versions, in all runs of a project."""
    for folder, folders, _files in os.walk(root):
        if os.path.basename(folder) != FOLDER:
            continue
        folders.clear()
        versions = os.path.join(folder, *name.split("/"))
        for each in os.listdir(versions) if os.path.isdir(versions) else ():
            place = os.path.join(versions, each)
            is_there = os.path.exists(os.path.join(place, ABOUT))
            if is_there and (version in ("", "latest", each) or version in _aliases(place)):
                yield place


def _aliases(folder: str) -> list[str]:
    return Artifact.found(folder).aliases


def _content(media: Media, keeper: Keeper, name: str) -> bytes:
    """Return what stands under a name: a table as a whole, of others the form that names a file."""
    key = name.rpartition(".")[0]
    if isinstance(media, Table):
        return media.content(keeper, key)
    return json.dumps(media.kept(keeper, key)).encode()


def _write(path: str, content: bytes) -> None:
    with open(path, "wb") as file:
        file.write(content)
