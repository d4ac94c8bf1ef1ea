"""Copies of files in the run's folder: artifacts, which have versions, and saved files."""

from __future__ import annotations

import glob
import json
import os
import shutil

from sweepcli import env, regular_files
from sweepcli.errors import SweepError, UsageError
from sweepcli.sdk.media.files import Media, MediaFolder, safe
from sweepcli.sdk.media.table import Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import IO, Any

FOLDER = "artifacts"
SAVED = "files"  # the folder of what `Run.save()` copies
ABOUT = "artifact.json"  # the name, type and so on of an artifact, beside its files
PARTS = 3  # of `entity/project/name`


class Artifact:
    """Files under one name; they are copied when it is logged."""

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
        self._folder: str | None = None  # None until it is logged
        self._files: dict[str, str | Media] = {}  # name in the artifact -> path, or media
        self._references: dict[str, str] = {}

    def add_file(self, local_path: Any, name: str | None = None, **_: Any) -> None:
        """Add a file under its own name or another one; raise ValueError if it does not exist."""
        path = os.fspath(local_path)
        if not os.path.isfile(path):
            raise ValueError(f"Artifact {self.name}: there is no file {path}")
        self._files[name or os.path.basename(path)] = os.path.abspath(path)

    def add_dir(self, local_path: Any, name: str | None = None, **_: Any) -> None:
        """Add all files of a folder; raise ValueError if it does not exist."""
        root = os.fspath(local_path)
        if not os.path.isdir(root):
            raise ValueError(f"Artifact {self.name}: there is no folder {root}")
        for folder, _folders, files in os.walk(root):
            for each in files:
                path = os.path.join(folder, each)
                self.add_file(path, os.path.join(name or "", os.path.relpath(path, root)))

    def add_reference(self, uri: Any, name: str | None = None, **_: Any) -> None:
        """Add an address; its content is not fetched."""
        self._references[name or os.path.basename(str(uri))] = str(uri)

    def add(self, obj: Any, name: str, **_: Any) -> None:
        """Add a table, a picture or other media; raise UsageError for any other object."""
        if not isinstance(obj, Media):
            raise UsageError(f"Artifact.add(): media are needed, not a {type(obj).__name__}")
        self._files[f"{name}.json"] = obj

    def new_file(self, name: str, mode: str = "w", encoding: str | None = None) -> IO[Any]:
        """Add a new file, and return it opened for writing."""
        import tempfile  # noqa: PLC0415 -- costs start-up time, rarely needed

        path = os.path.join(tempfile.mkdtemp(), os.path.basename(name))
        self._files[name] = path
        return open(path, mode, encoding=encoding)

    def log_into(self, run_folder: str | None, aliases: Sequence[str] | None) -> None:
        """Copy the files into the folder of a run, as the next version of this name there.

        A run that writes nothing has no folder.
        """
        self.aliases = [*(aliases or ()), "latest"]
        if run_folder is None:
            return
        root = os.path.join(run_folder, FOLDER, safe(self.name))
        number = 0
        while os.path.exists(os.path.join(root, f"v{number}")):
            number += 1
        self.version, folder = f"v{number}", os.path.join(root, f"v{number}")
        for name, source in self._files.items():
            path = os.path.join(folder, *safe(name).split("/"))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            if isinstance(source, Media):
                _write(path, _content(source, MediaFolder(folder, 0), name))
            else:
                shutil.copyfile(source, path)
        self._folder = folder
        about = {"name": self.name, "type": self.type, "aliases": self.aliases}
        more = {"metadata": self.metadata, "references": self._references}
        os.makedirs(folder, exist_ok=True)
        _write(os.path.join(folder, ABOUT), json.dumps({**about, **more}, default=str).encode())

    def download(self, root: str | None = None, **_: Any) -> str:
        """Return the folder of the files, or of their copies below `root`.

        Raises ValueError if the artifact has not been logged, like the methods below.
        """
        folder = self._logged_folder()
        if root is None:
            return folder
        for name in self._names():
            path = os.path.join(root, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            shutil.copyfile(os.path.join(folder, name), path)
        return root

    checkout = download

    def file(self, root: str | None = None) -> str:
        """Return the path of the only file; raise ValueError if there are several."""
        names = [*self._names()]
        if len(names) != 1:
            raise ValueError(f"Artifact {self.name} has {len(names)} files, not one")
        return os.path.join(self.download(root), names[0])

    def get_path(self, name: str) -> Entry:
        """Return a file by its name in the artifact."""
        return Entry(os.path.join(self._logged_folder(), *safe(name).split("/")))

    get_entry = get_path

    def files(self, *_: Any, **__: Any) -> list[Entry]:
        """Return all files."""
        return [Entry(os.path.join(self._logged_folder(), name)) for name in self._names()]

    def wait(self, *_: Any, **__: Any) -> Artifact:
        """Return at once: a logged artifact is complete."""
        return self

    save = finalize = wait

    def _logged_folder(self) -> str:
        if self._folder is None:
            raise ValueError(f"Artifact {self.name} has not been logged")
        return self._folder

    def _names(self) -> Iterator[str]:
        root = self._logged_folder()
        for folder, _folders, files in os.walk(root):
            for each in files:
                path = os.path.join(folder, each)
                if each != ABOUT and os.path.isfile(path):
                    yield os.path.relpath(path, root)

    @classmethod
    def read(cls, folder: str) -> Artifact:
        """Return the artifact that was logged into this folder."""
        about = json.loads(regular_files.content(os.path.join(folder, ABOUT)))
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


def of_path(path: str, name: str | None, kind: str | None, run_id: str) -> Artifact:
    """Return an artifact of one file or folder, by default named after the run and the path."""
    artifact = Artifact(name or f"run-{run_id}-{os.path.basename(path)}", kind or "unspecified")
    add = artifact.add_dir if os.path.isdir(path) else artifact.add_file
    add(path)
    return artifact


def found(artifact_or_name: Any, entity: str, project: str) -> Artifact:
    """Return the newest artifact of a name in a project; see `Run.use_artifact()`."""
    if isinstance(artifact_or_name, Artifact):
        return artifact_or_name
    wanted, _colon, version = str(artifact_or_name).partition(":")
    name = safe(wanted.split("/", PARTS - 1)[-1] if wanted.count("/") == PARTS - 1 else wanted)
    root = os.path.join(env.results_dir(), entity, project)
    versions = [*_versions(root, name, version)]
    if not versions:
        raise SweepError(f"no artifact {artifact_or_name!r} was logged in {root}")
    return Artifact.read(max(versions, key=os.path.getmtime))


def copy_matching(glob_str: Any, base_path: Any, run_folder: str) -> list[str]:
    """Copy the files that match into a run's folder, and return the copies' paths.

    They keep their paths below `base_path`, by default the pattern's own folder.
    """
    pattern = os.fspath(glob_str)
    base = os.fspath(base_path) if base_path is not None else os.path.dirname(pattern)
    copies = []
    for path in sorted(glob.glob(pattern, recursive=True)):
        name = os.path.relpath(path, base or ".")
        copy = os.path.join(run_folder, SAVED, name if ".." not in name else os.path.basename(path))
        if os.path.isfile(path) and os.path.abspath(path) != os.path.abspath(copy):
            os.makedirs(os.path.dirname(copy), exist_ok=True)
            shutil.copyfile(path, copy)
            copies.append(copy)
    return copies


def _versions(root: str, name: str, version: str) -> Iterator[str]:
    """Return the folders of an artifact's versions, in all runs of a project."""
    for folder, folders, _files in os.walk(root):
        if os.path.basename(folder) != FOLDER:
            continue
        folders.clear()
        versions = os.path.join(folder, *name.split("/"))
        for each in os.listdir(versions) if os.path.isdir(versions) else ():
            path = os.path.join(versions, each)
            found = _complete(path)
            if found and (version in ("", "latest", each) or version in found.aliases):
                yield path


def _complete(folder: str) -> Artifact | None:
    """Return the artifact of a version; None if it is not complete, as with a killed run."""
    try:
        return Artifact.read(folder)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _content(media: Media, folder: MediaFolder, name: str) -> bytes:
    """Return the content of a file: a table itself, or for other media the form naming a file."""
    key = name.rpartition(".")[0]
    if isinstance(media, Table):
        return media.content(folder, key)
    return json.dumps(media.history_form(folder, key)).encode()


def _write(path: str, content: bytes) -> None:
    with open(path, "wb") as file:
        file.write(content)
