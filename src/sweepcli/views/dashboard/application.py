"""The addresses that are served, and what each answers."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Mount, Route

from sweepcli.agents import recovery
from sweepcli.errors import (
    ConfigError,
    NotWritable,
    StoreError,
    SweepError,
    UnknownRun,
    UnknownSweep,
    UsageError,
)
from sweepcli.records import UNFINISHED
from sweepcli.sweeps import states
from sweepcli.views import blocked_sweep, columns, render, status, sweep_state
from sweepcli.views.dashboard import answers, changes, page, questions
from sweepcli.views.dashboard.changes import Changes
from sweepcli.views.dashboard.lent import Stores
from sweepcli.views.dashboard.safety import Safety

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from starlette.requests import Request

    from sweepcli.records import JSON, Sweep
    from sweepcli.stores import Store
    from sweepcli.stores.location import Location

PAGES = ("/", "/sweep/{id}", "/run/{id}", "/compare/{id}")
NOT_FOUND = 404
SENTENCES = {
    NOT_FOUND: "There is nothing at this address.",
    405: "This address does not answer such a request.",
}
STATUSES = {
    UnknownSweep: NOT_FOUND,
    UnknownRun: NOT_FOUND,
    UsageError: 422,
    NotWritable: 409,  # 401 and 403 are for who is not signed in
    StoreError: 503,
    SweepError: 409,
}


def application(
    location: Location, *, token: str, cookie: str, is_over: Callable[[], bool]
) -> Starlette:
    """Return the application for a results directory, which need not be there yet.

    `token` signs a browser in, `cookie` is the name under which it keeps it; `is_over` says
    whether the server ends, since pages stay connected for as long as they are open.
    """
    handlers = Handlers(location, is_over)
    place = page.place()
    html = page.html(place)

    def whole(_request: Request) -> Response:
        return HTMLResponse(html)  # it looks at its own address to know what it shows

    routes = [
        *(Route(path, whole) for path in PAGES),
        Route("/api/sweeps", handlers.sweeps),
        Route("/api/sweeps/{id}", handlers.sweep),
        Route("/api/sweeps/{id}/runs", handlers.runs),
        Route("/api/sweeps/{id}/importance", handlers.importance),
        Route("/api/sweeps/{id}/matching", handlers.matching),
        Route("/api/sweeps/{id}/curves", handlers.curves),
        Route("/api/sweeps/{id}/state", handlers.change_state, methods=["POST"]),
        Route("/api/runs/{id}", handlers.run),
        Route("/api/runs/{id}/output", handlers.output),
        Route("/api/runs/{id}/patch", handlers.patch),
        Route("/api/events", handlers.events),
        Mount(place.rstrip("/"), page.Files()),
    ]
    return Starlette(
        routes=routes,
        middleware=[Middleware(Safety, token=token, cookie=cookie)],
        exception_handlers={SweepError: _refused, HTTPException: _refused},
    )


def _refused(_request: Request, error: Exception) -> Response:
    """Return an error as the page reads it: with a sentence."""
    if isinstance(error, HTTPException):
        sentence = SENTENCES.get(error.status_code, error.detail)
        return answer({"error": sentence}, error.status_code, error.headers)
    status = next(code for kind, code in STATUSES.items() if isinstance(error, kind))
    return answer({"error": str(error)}, status)


def answer(value: JSON, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a response of JSON that every browser reads: NaN is a string in it."""
    return Response(render.json_text(value), status, headers, media_type="application/json")


class Handlers:
    """What is answered, from the store as it is at that moment."""

    def __init__(self, location: Location, is_over: Callable[[], bool]) -> None:
        self._stores = Stores(location.database)
        self._results = location.results
        self._is_over = is_over
        self._changes: dict[str, Changes] = {}
        self._lock = threading.Lock()
        self._importances = answers.Importances()

    @contextmanager
    def _sweep(self, request: Request) -> Iterator[tuple[Store, Sweep]]:
        with self._stores.looking() as store:
            yield store, store.sweep(request.path_params["id"])

    def _of(self, sweep_id: str) -> Changes:
        with self._lock:
            return self._changes.setdefault(sweep_id, Changes(sweep_id))

    def sweeps(self, _request: Request) -> Response:
        """List all sweeps, the newest first."""
        found = []
        with suppress(UnknownSweep), self._stores.looking() as store:
            for sweep in store.sweeps():
                with suppress(ConfigError):  # of a newer version; `sweep ls` says so
                    found.append(answers.sweep_line(status.brief(store, sweep)))
        return answer({"sweeps": found[::-1], "results": self._results})

    def sweep(self, request: Request) -> Response:
        """Return all about a sweep, except its runs."""
        with self._sweep(request) as (store, found):
            return answer(answers.sweep(store, found, self._results))

    def runs(self, request: Request) -> Response:
        """Return the runs that have changed since a cursor, as columns."""
        with self._sweep(request) as (store, found):
            changed = self._of(found.id).since(store, request.query_params.get("since", ""))
        return answer(changed.record())

    def importance(self, request: Request) -> Response:
        """Return how much each parameter matters."""
        with self._sweep(request) as (store, found):
            return answer(self._importances.of(store, found))

    def matching(self, request: Request) -> Response:
        """Return the numbers of the runs for which an expression is true."""
        with self._sweep(request) as (store, found):
            runs = store.runs(found.id, taken=True)
        known = columns.names_of(runs, found.config)
        passes = columns.condition(request.query_params.get("filter", ""), known)
        return answer({"numbers": [run.number for run in runs if passes(run)]})

    def curves(self, request: Request) -> Response:
        """Return a metric's curves of some runs."""
        ids = [each for each in request.query_params.get("runs", "").split(",") if each]
        key = request.query_params.get("key") or None
        with self._sweep(request) as (store, found):
            return answer(answers.compared(store, found.id, ids, key, found.config))

    def run(self, request: Request) -> Response:
        """Return all about a run."""
        with self._stores.looking() as store:
            found = store.run(request.path_params["id"])
            return answer(answers.run(store, found, self._results))

    def output(self, request: Request) -> Response:
        """Return a piece of what a run printed."""
        with self._stores.looking() as store:
            found = store.run(request.path_params["id"])
            number = questions.number(request, "attempt") or found.attempt
            start = questions.number(request, "from")
            piece = answers.output(store, found, self._results, number, start)
        return answer({"attempt": number, **piece})

    def patch(self, request: Request) -> Response:
        """Return what was changed since the commit of a run's code."""
        with self._stores.looking() as store:
            found = store.run(request.path_params["id"])
        return answer(answers.patch(found, self._results))

    async def change_state(self, request: Request) -> Response:
        """Pause, resume, stop or cancel a sweep."""
        verb = await questions.verb(request)
        return await run_in_threadpool(self._change, request.path_params["id"], verb)

    def _change(self, sweep_id: str, verb: str) -> Response:
        with self._stores.changing() as store:
            found = store.sweep(sweep_id)
            before = states.change(store, found, verb, self._results)
            recovery.recover(store, found, self._results)
            now = store.sweep(sweep_id)
            blocked = blocked_sweep.of(store, now) if verb == "resume" else None
            why = blocked and blocked.line(now.state)
            state = status.brief(store, now).state_fields()
            return answer({"before": str(before), "stuck": why, **state})

    async def events(self, request: Request) -> Response:
        """Send a tick for each change of a sweep, or of any."""
        sweep_id = request.query_params.get("sweep")
        look = self._any if sweep_id is None else lambda: self._one(sweep_id)
        return StreamingResponse(
            changes.ticks(look, self._is_over, sweep_id), media_type="text/event-stream"
        )

    def _one(self, sweep_id: str) -> tuple[object, ...]:
        try:
            with self._stores.looking() as store:
                sweep = store.sweep(sweep_id)
                workers = status.workers(store, sweep, time.time())
                agents = tuple((each.agent.id, each.is_dead) for each in workers)
                return _own(sweep), agents, self._of(sweep_id).look(store)
        except SweepError as error:  # it may come back
            return (str(error),)

    def _any(self) -> tuple[object, ...]:
        try:
            with self._stores.looking() as store:
                sweeps = store.sweeps()
                counts = [(sweep.id, *store.counts(sweep.id).items()) for sweep in sweeps]
                open_ones = [sweep for sweep in sweeps if sweep.state in UNFINISHED]
                work = [sweep_state.has_agent(store, sweep, time.time()) for sweep in open_ones]
                return (*map(_own, sweeps), *counts, *work)
        except SweepError as error:
            return (str(error),)


def _own(sweep: Sweep) -> tuple[object, ...]:
    """Return what may change of a sweep itself."""
    return sweep.state, sweep.name, sweep.notes, sweep.tags
