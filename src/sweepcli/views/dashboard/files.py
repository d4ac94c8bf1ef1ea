"""The files of the page, and the addresses under which a browser may keep them for ever.

Each start of another version has other addresses, so nothing in a browser's cache is ever stale.
"""

from __future__ import annotations

import hashlib
import mimetypes
import os
from typing import TYPE_CHECKING

from starlette.staticfiles import StaticFiles

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import Scope

STATIC = os.path.join(os.path.dirname(os.path.abspath(__file__)), "static")
PLACE = "/static/"  # where index.html, as it is in the repository, says that they are
HEAD_END = "</head>"
FOR_EVER = "private, max-age=31536000, immutable"
TYPES = {".js": "text/javascript", ".css": "text/css"}


def text(name: str) -> str:
    """Return the text of a file."""
    with open(os.path.join(STATIC, name), encoding="utf-8") as file:
        return file.read()


def modules() -> list[str]:
    """Return the names of the modules."""
    return sorted(name for name in os.listdir(STATIC) if name.endswith(".js"))


def place() -> str:
    """Return the folder under which this version of the files is served."""
    digest = hashlib.blake2b(digest_size=8)
    for name in sorted(os.listdir(STATIC)):
        digest.update(text(name).encode())
    return f"{PLACE}{digest.hexdigest()}/"


def page(served_at: str) -> str:
    """Return the page, with all of its modules to be loaded at once and not one after another."""
    links = [f'<link rel="modulepreload" href="{PLACE}{name}">' for name in modules()]
    whole = text("index.html").replace(HEAD_END, "\n".join([*links, HEAD_END]), 1)
    return whole.replace(f'"{PLACE}', f'"{served_at}')


class Files(StaticFiles):
    """Serves the files, with types that do not depend on the system's own table."""

    def __init__(self) -> None:
        for ending, kind in TYPES.items():
            mimetypes.add_type(kind, ending)
        super().__init__(directory=STATIC)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer a request, and let the browser keep what it gets."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = FOR_EVER
        return response
