"""The page: its files, as they are served, and a sweep's page as one file without a server.

Each start of another version serves them at other addresses, so nothing in a browser's cache is
ever stale. In the one file each module becomes a `data:` address in an import map, under its name;
nothing is bundled or rewritten but the names in the import statements, which all have one form.
"""

from __future__ import annotations

import base64
import hashlib
import json
import mimetypes
import os
import re
import time
from html import escape
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from sweepcli import commands
from sweepcli.records import Goal
from sweepcli.views import render
from sweepcli.views.dashboard import answers, changes

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import Scope

    from sweepcli.records import JSON, Sweep
    from sweepcli.stores import Store

STATIC = os.path.join(os.path.dirname(os.path.abspath(__file__)), "static")
PLACE = "/static/"  # where index.html says that they are
HEAD_END = "</head>"
FOR_EVER = "private, max-age=31536000, immutable"
IMPORT = re.compile(r'from "\./([a-z0-9_]+)\.js"')
STYLE = re.compile(r'<link rel="stylesheet" href="/static/([a-z_]+)\.css">')
START = re.compile(r'<script type="module" src="/static/([a-z_]+)\.js"></script>')
MOST_CURVES = 20  # the best runs'
# Nothing may be loaded from anywhere, and the file runs no script but the ones inside it.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' data:; style-src 'unsafe-inline'; "
    "img-src data:; base-uri 'none'; form-action 'none'"
)
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


def html(served_at: str) -> str:
    """Return the page, with all of its modules to be loaded at once and not one after another.

    It knows how this user can type our commands.
    """
    spelled = " ".join(f'data-{name}="{escape(commands.line(name))}"' for name in commands.NAMES)
    links = [f'<link rel="modulepreload" href="{PLACE}{name}">' for name in modules()]
    whole = text("index.html").replace(HEAD_END, "\n".join([*links, HEAD_END]), 1)
    whole = whole.replace("<html", f"<html {spelled}", 1)
    return whole.replace(f'"{PLACE}', f'"{served_at}')


class Files(StaticFiles):
    """Serves the files, with types that do not depend on the system's own table."""

    def __init__(self) -> None:
        for ending, kind in TYPES.items():
            mimetypes.add_type(kind, ending)
        super().__init__(directory=STATIC)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer a request, and let the browser keep what it gets."""
        try:
            response = await super().get_response(path, scope)
        except (OSError, ValueError):  # no name of a file, such as one with a zero byte
            raise HTTPException(404) from None
        response.headers["Cache-Control"] = FOR_EVER
        return response


def exported(store: Store, sweep: Sweep) -> str:
    """Return the page of a sweep, with its runs and the curves of the best of them."""
    page = text("index.html")
    page = STYLE.sub(lambda link: f"<style>\n{text(link[1] + '.css')}</style>", page)
    policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    page = page.replace('<meta charset="utf-8">', f'<meta charset="utf-8">\n{policy}', 1)
    data = _script("application/json", render.json_text(_data(store, sweep)), "data")
    return START.sub(lambda start: f"{data}\n{_modules()}\n{_start(start[1])}", page, count=1)


def _data(store: Store, sweep: Sweep) -> dict[str, JSON]:
    config = sweep.config
    descending = config.goal is Goal.MAXIMIZE
    best = store.page(sweep.id, order="value", descending=descending, most=MOST_CURVES)
    # Whoever is sent the file needs to know neither the folder nor the machines.
    unknown: dict[str, JSON] = {"agents": [], "dir": None, "note": ""}
    runs = store.runs(sweep.id, taken=True)
    return {
        "sweep": {**answers.sweep(store, sweep, ""), **unknown},
        "runs": {"cursor": "", "full": True, "columns": changes.columns(runs)},
        "importance": answers.Importances().of(store, sweep),
        "curves": answers.compared(store, sweep.id, [run.id for run in best], None, config),
        "exported_at": time.time(),
    }


def _modules() -> str:
    addresses = {f"sweepcli/{name.removesuffix('.js')}": _address(text(name)) for name in modules()}
    return _script("importmap", json.dumps({"imports": addresses}))


def _address(module: str) -> str:
    text = IMPORT.sub(r'from "sweepcli/\1"', module)
    return f"data:text/javascript;base64,{base64.b64encode(text.encode()).decode()}"


def _start(name: str) -> str:
    return _script("module", f'import "sweepcli/{name}";')


def _script(kind: str, text: str, name: str = "") -> str:
    """Return a script element; no text can end it before its end."""
    own = f' id="sweepcli-{name}"' if name else ""
    safe = text.replace("<", "\\u003c") if "json" in kind else text
    return f'<script type="{kind}"{own}>{safe}</script>'
