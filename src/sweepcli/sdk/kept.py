"""Files that a run keeps of what a script logs: pictures, tables, sounds."""

from __future__ import annotations

import os

from sweepcli.sdk import notices

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

HASH = 20  # characters of a file's hash in its name, as W&B has them


class Keeper:
    """Writes into a run's folder; nowhere if there is none."""

    __slots__ = ("_folder", "step")

    def __init__(self, folder: str | None, step: int) -> None:
        self._folder = folder
        self.step = step

    def keep(self, kind: str, key: str, content: bytes, extension: str) -> dict[str, Any]:
        """Keep a file under `media/KIND`, and return what tells of it: path, size and sha256."""
        import hashlib  # noqa: PLC0415 -- for scripts that log files

        digest = hashlib.sha256(content).hexdigest()
        name = f"{safe(key)}_{self.step}_{digest[:HASH]}.{extension.lstrip('.')}"
        path = os.path.join("media", kind, *name.split("/"))
        if self._folder is not None:
            self._write(os.path.join(self._folder, path), content)
        return {"path": path, "size": len(content), "sha256": digest}

    @staticmethod
    def _write(path: str, content: bytes) -> None:
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(content)
        except OSError as error:  # as for a logged row, the training goes on
            notices.once("file", f"{path}: cannot be kept: {error.strerror}")


class Media:
    """What is kept as a file when it is logged."""

    suffix = ""  # of the name under which it stands in the history

    def kept(self, keeper: Keeper, key: str) -> dict[str, Any]:
        """Keep it, and return what stands in the history instead, in W&B's form."""
        raise NotImplementedError


def safe(key: str) -> str:
    """Return a logged name as a path that stays where it belongs."""
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
