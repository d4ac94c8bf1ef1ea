"""A sweep of very many runs, each with a history: how fast it grows, and what it costs to look.

What agents write is measured by the store's own calls, from several processes. The rest of the
history is made by the database itself: run by run it would take an hour.
"""

from __future__ import annotations

import sys
import tempfile
import time
from contextlib import closing
from functools import partial
from itertools import chain
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from benchmarks import measuring, programs, views
from benchmarks.measuring import Figure, Usage
from benchmarks.scale import crowd, kinds, sweeps
from benchmarks.scale.kinds import POSTGRES, SQLITE
from sweepcli import env, stores
from sweepcli.ids import new_id
from sweepcli.records import Suggestion

from served_page import serving  # isort: skip -- of the tests, which `kinds` lets be found

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.scale.kinds import Kind
    from sweepcli.records import Sweep
    from sweepcli.stores import Store

AGENTS = 8
BATCHES = {"a tick each 0.5 s": 1, "a tick each 5 s": 10}  # rows in a call, at two a second
LIMIT_S = 0.5  # CPU of a command
CLAIM_MS = 5.0
FLOOR = "python -c 'import click'"
COMMANDS = (
    *("sweep ls", "sweep show {path}", "sweep runs {path} --limit 50"),
    *("sweep runs {path} --sort value --limit 50", "sweep runs {path} --sort acc --limit 50"),
    *("sweep best {path}", "sweep best {path} --top 5", "sweep show {run}"),
)
LIMITED = COMMANDS[1:3]
# The same for both: lines 0 to N of every run that has none yet.
HISTORY = {
    SQLITE: """WITH RECURSIVE lines(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM lines WHERE n < ?)
        INSERT OR IGNORE INTO history (run_id, attempt, line, step, timestamp, row)
        SELECT id, 1, n, n, 1.7e9 + n, '{"loss": ' || (1.0 / (n + 1 + number)) || ', "acc": 0.5'
            || ', "val_loss": ' || (2.0 / (n + number + 1)) || ', "epoch": ' || n || '}'
        FROM runs, lines""",
    POSTGRES: """INSERT INTO history (run_id, attempt, line, step, timestamp, row)
        SELECT id, 1, n, n, 1.7e9 + n, '{"loss": ' || (1.0::float8 / (n + 1 + number))
            || ', "acc": 0.5' || ', "val_loss": ' || (2.0::float8 / (n + number + 1))
            || ', "epoch": ' || n || '}'
        FROM runs, generate_series(0, ?) AS n ON CONFLICT DO NOTHING""",
}
PAGE = {
    "page: the list of sweeps": "/api/sweeps",
    "page: the sweep": "/api/sweeps/{id}",
    "page: all runs": "/api/sweeps/{id}/runs",
    "page: what has changed since": "/api/sweeps/{id}/runs?since={cursor}",
}
UNCHECKED = {  # references hold by themselves; looking up each would double the time
    SQLITE: "PRAGMA foreign_keys = OFF",
    POSTGRES: "SET session_replication_role = replica",
}


class Sizes(NamedTuple):
    """How large the sweep is."""

    runs: int = 100_000
    rows: int = 100  # of each
    window_s: float = 5.0
    rounds: int = 3


def main(found: Sequence[Kind], sizes: Sizes) -> list[Figure]:
    """Measure and print."""
    figures: list[Figure] = []
    for kind in found:
        with tempfile.TemporaryDirectory() as results:
            address = kind.new() if kind.name == POSTGRES else results
            path = views.fill(results, sizes.runs, address)
            rows = [_grown(address, path, text, sizes.window_s) for text in BATCHES]
            measuring.show(
                f"{kind.name}: rows that {AGENTS} agents save, {sweeps.load_now()}",
                ["", "rows in a call", "rows/s", "calls/s", "p50 ms", "p99", "worst"],
                rows,
            )
            _fill_history(kind, address, sizes)
            figures += _looked_at(kind, address, results, path, sizes)
            if kind.name == POSTGRES:
                kind.drop(address)
    return figures


def _grown(address: str, path: str, text: str, window_s: float) -> list[str]:
    """Let agents save what their runs log; return the rates as a row."""
    batch = BATCHES[text]
    sweep_id = path.rpartition("/")[2]
    took = crowd.at_once(AGENTS, partial(_save, address, sweep_id, batch, window_s))
    calls = sum(map(len, took)) / window_s
    waits = sweeps.milliseconds(list(chain(*took)))
    return [text, str(batch), f"{calls * batch:,.0f}", f"{calls:,.0f}", *waits]


def _save(
    address: str, sweep_id: str, batch: int, window_s: float, index: int, begin: Callable[[], None]
) -> list[float]:
    with closing(stores.open_store(address)) as store:
        run = store.running(sweep_id)[index][0]
        line = store.number_of_rows(run.id, 1)
        begin()
        took = []
        until = time.monotonic() + window_s
        while (before := time.monotonic()) < until:
            rows = sweeps.rows_from(line, batch)
            store.save_progress(run, rows, sweeps.shown_by(rows))
            took.append(time.monotonic() - before)
            line += batch
        return took


def _fill_history(kind: Kind, address: str, sizes: Sizes) -> None:
    begin = time.monotonic()
    with closing(stores.open_store(address)) as store:
        store.database.change(UNCHECKED[kind.name])
        store.database.change(HISTORY[kind.name], (sizes.rows - 1,))
    took = time.monotonic() - begin
    kind.tidy(address)
    size, count = kind.sizes(address), sizes.runs * sizes.rows
    history = f", {size.history / 1e6:,.0f} MB of it history" if size.history else ""
    print(
        f"\n{kind.name}: {sizes.runs:,} runs, {count:,} rows (made in {took:.0f} s): "
        f"{size.all / 1e6:,.0f} MB{history}; {size.all / count:.0f} bytes a row"
    )


def _with_server(kind: Kind, argv: Sequence[str], environ: dict[str, str]) -> tuple[Usage, float]:
    """Run a command; return what it took, and the server's CPU time."""
    before = kind.cpu_s()
    used = measuring.command(argv, environ)
    return used, kind.cpu_s() - before


def _median(found: Sequence[tuple[Usage, float]]) -> tuple[Usage, float]:
    usage = Usage(median(u.wall_s for u, _ in found), median(u.cpu_s for u, _ in found))
    return usage, median(server_s for _, server_s in found)


def _claim_ms(store: Store, sweep: Sweep) -> float:
    """Return how long a claim takes, once some runs can be claimed."""
    count = 50
    many = [(new_id(), Suggestion(f"late{n}", sweeps.params_of(n))) for n in range(count)]
    store.suggest(sweep.id, many, run_cap=None, now=0.0)
    took = []
    for _ in range(count):
        before = time.perf_counter()
        store.claim_run(sweep.id, "agent0", time.time())
        took.append(time.perf_counter() - before)
    return median(took) * 1e3


def _page(kind: Kind, address: str, results: str, path: str) -> dict[str, tuple[Usage, float]]:
    """Return what the first answers of the page take: the sweep's, all runs', what is new."""
    sweep_id = path.rpartition("/")[2]
    store = () if address == results else ("--store", address)
    found = {}
    with serving(results, *store) as served:
        served.ask("/api/sweeps/none")  # what it imports for its first answer
        cursor = ""
        for name, what in PAGE.items():
            before, server_s = kinds.cpu_s(served.process.pid), kind.cpu_s()
            begin = time.perf_counter()
            reply = served.ask(what.format(id=sweep_id, cursor=cursor))
            wall_s = time.perf_counter() - begin
            used = Usage(wall_s, kinds.cpu_s(served.process.pid) - before)
            cursor = reply.json.get("cursor", cursor)
            found[f"{name}, {len(reply.text) / 1e6:,.2f} MB"] = used, kind.cpu_s() - server_s
    return found


def _looked_at(kind: Kind, address: str, results: str, path: str, sizes: Sizes) -> list[Figure]:
    environ = {**programs.environment(results), env.STORE: address}
    with closing(stores.open_store(address)) as store:
        sweep = store.sweep(path.rpartition("/")[2])
        run_id = store.page(sweep.id, most=1)[0].id
        claim_ms = _claim_ms(store, sweep)
    measures: dict[str, Callable[[], tuple[Usage, float]]] = {
        FLOOR: partial(_with_server, kind, [sys.executable, "-c", "import click"], environ)
    }
    for text in COMMANDS:
        name, *rest = text.format(path=path, run=run_id).split()
        argv = [programs.installed(name), *rest]
        measures[text] = partial(_with_server, kind, argv, environ)
    found = {
        name: _median([measure() for _ in range(sizes.rounds)])
        for name, measure in measures.items()
    }
    found |= _page(kind, address, results, path)
    rows = [
        [name, *measuring.milliseconds(used), f"{server_s * 1e3:.0f}"]
        for name, (used, server_s) in found.items()
    ]
    title = f"{kind.name}: looking at {sizes.runs:,} runs, ms, {sweeps.load_now()}"
    measuring.show(title, ["", "wall", "CPU", "server's CPU"], rows)
    print(f"  a claim: {claim_ms:.2f} ms (median)")
    return [
        Figure(
            f"{kind.name}: {text.replace('{path}', 'PATH')}", found[text][0].cpu_s, LIMIT_S, "s CPU"
        )
        for text in LIMITED
    ] + [Figure(f"{kind.name}: a claim among {sizes.runs:,} runs", claim_ms, CLAIM_MS, "ms")]
