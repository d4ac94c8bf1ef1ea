"""The files of logged media in a run's folder."""

from __future__ import annotations

import os

from sweepcli.messages import warn_once

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

HASH = 20  # characters of a file's hash in its name, as in W&B's


class MediaFolder:
    """Writes the files of media into a run's folder; without a folder, nowhere."""

    __slots__ = ("_folder", "_step")

    def __init__(self, folder: str | None, step: int) -> None:
        self._folder = folder
        self._step = step

    def write(self, kind: str, key: str, content: bytes, extension: str) -> dict[str, Any]:
        """Write a file under `media/KIND`; return its path in the run's folder, size and sha256."""
        import hashlib  # noqa: PLC0415 -- 2 ms, which histograms do not need

        digest = hashlib.sha256(content).hexdigest()
        name = f"{safe(key)}_{self._step}_{digest[:HASH]}.{extension.lstrip('.')}"
        path = os.path.join("media", kind, *name.split("/"))
        if self._folder is not None:
            _write(os.path.join(self._folder, path), content)
        return {"path": path, "size": len(content), "sha256": digest}


class Media:
    """What is written as a file when it is logged, or has a form of its own in the history."""

    suffix = ""  # of its name in the history

    def history_form(self, folder: MediaFolder, key: str) -> dict[str, Any]:
        """Write its file, and return its form in the history, which is W&B's."""
        raise NotImplementedError


def safe(key: str) -> str:
    """Return a logged name as a relative path that does not leave its folder."""
    parts = (
        "".join(c if c.isalnum() or c in "-_. " else "-" for c in part) for part in key.split("/")
    )
    return "/".join(part for part in parts if part.strip(". ")) or "_"


def content_of(source: Any) -> tuple[bytes, str]:
    """Return the bytes of a path or an open file, and the extension of its name."""
    if hasattr(source, "read"):
        if hasattr(source, "seek"):
            source.seek(0)
        content = source.read()
        name = getattr(source, "name", "")
        extension = os.path.splitext(name)[1] if isinstance(name, str) else ""
        return content.encode() if isinstance(content, str) else content, extension
    path = os.fspath(source)
    with open(path, "rb") as file:
        return file.read(), os.path.splitext(path)[1]


def _write(path: str, content: bytes) -> None:
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)
    except OSError as error:  # as for a logged row, the training continues
        warn_once("file", f"{path}: cannot be saved: {error.strerror}")
