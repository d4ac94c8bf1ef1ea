"""A sweep's page as one file: the same modules, styles and data, without a server.

Each module becomes a `data:` address in an import map, under its name; nothing is bundled or
rewritten but the names in the import statements, which all have one form.
"""

from __future__ import annotations

import base64
import json
import re
import time
from typing import TYPE_CHECKING

from sweepcli.views import render
from sweepcli.views.dashboard import answers, columns, files
from sweepcli.views.dashboard.weights import Weights

if TYPE_CHECKING:
    from sweepcli.records import JSON, Sweep
    from sweepcli.stores import Store

IMPORT = re.compile(r'from "\./([a-z0-9_]+)\.js"')
STYLE = re.compile(r'<link rel="stylesheet" href="/static/([a-z_]+)\.css">')
START = re.compile(r'<script type="module" src="/static/([a-z_]+)\.js"></script>')
MOST_CURVES = 20  # the best runs'
# Nothing may be loaded from anywhere, and the file runs no script but the ones inside it.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' data:; style-src 'unsafe-inline'; "
    "img-src data:; base-uri 'none'; form-action 'none'"
)


def html(store: Store, sweep: Sweep) -> str:
    """Return the page of a sweep, with its runs and the curves of the best of them."""
    page = files.text("index.html")
    page = STYLE.sub(lambda link: f"<style>\n{files.text(link[1] + '.css')}</style>", page)
    policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    page = page.replace('<meta charset="utf-8">', f'<meta charset="utf-8">\n{policy}', 1)
    data = _script("application/json", render.json_text(_data(store, sweep)), "data")
    return START.sub(lambda start: f"{data}\n{_modules()}\n{_start(start[1])}", page, count=1)


def _data(store: Store, sweep: Sweep) -> dict[str, JSON]:
    config = sweep.config
    descending = render.maximize(config.metric)
    best = store.page(sweep.id, order="value", descending=descending, most=MOST_CURVES)
    return {
        # Whoever is sent the file needs to know neither the folder nor the machines.
        "sweep": {**answers.sweep(store, sweep, ""), "agents": [], "dir": None},
        "runs": {"cursor": "", "full": True, "columns": columns.of_runs(store.runs(sweep.id))},
        "importance": Weights().of(store, sweep),
        "curves": answers.compared(store, sweep.id, [run.id for run in best], None, config),
        "exported_at": time.time(),
    }


def _modules() -> str:
    addresses = {
        f"sweepcli/{name.removesuffix('.js')}": _address(files.text(name))
        for name in files.modules()
    }
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
