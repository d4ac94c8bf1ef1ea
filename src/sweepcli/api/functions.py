"""`sweepcli.agent()`: a sweep's runs from Python, as calls of a function or as programs."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import closing
from typing import TYPE_CHECKING

from sweepcli import stores
from sweepcli.agents.options import AgentOptions
from sweepcli.agents.shutdown import PREEMPTED
from sweepcli.agents.wakeup import Wakeup
from sweepcli.api.agent import run_and_report
from sweepcli.errors import SweepError, UsageError
from sweepcli.runs import timing
from sweepcli.runs.functions import Handover, forked
from sweepcli.sdk.run import STOP, RunStopped
from sweepcli.sdk.session import SESSION
from sweepcli.stores.location import here
from sweepcli.sweeps import path as sweep_path

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from sweepcli.agents.report import AgentReport
    from sweepcli.runs.functions import Call

    Work = Callable[..., AgentReport]  # runs an agent, with options and perhaps a wakeup

INTERRUPTED = 128 + signal.SIGINT


def agent(  # noqa: PLR0913, PLR0917 -- W&B's signature
    sweep_id: str,
    function: Callable[[], object] | None = None,
    entity: str | None = None,
    project: str | None = None,
    count: int | None = None,
    forward_signals: bool = False,  # noqa: FBT001, FBT002 -- W&B's signature
    term_timeout: float | None = None,
    max_consecutive_failed_runs: int | None = None,
    *,
    isolate: bool = False,
) -> None:
    """Run a sweep's runs, one after another, until none is left or `count` are done.

    Each run calls `function`, whose `init()` gets the run's params, in this thread; or, with
    `isolate`, in a fork of this process, which can be killed and leaves nothing behind. Without
    a function the sweep's program is started, as by the command `agent`.

    An exception ends its run alone, as failed, and its traceback is kept in the run's folder. A
    run that is to end early gets a RunStopped from its next `log()`. Raises KeyboardInterrupt
    after Ctrl-C, UnknownSweep, and SweepError if the agent gave up because runs keep failing.
    """
    if count is not None and count < 1:
        raise UsageError(f"agent(count={count}): a whole number from 1 is needed")
    options = AgentOptions(
        run_limit=count,
        show_output=function is None or isolate,
        forwards=forward_signals,
        term_timeout_s=term_timeout,
        most_failures=max_consecutive_failed_runs,
        timing=timing.read(os.environ),
    )
    run = _working_on(sweep_id, entity, project)
    _raise_for(
        run(options) if function is None else _calling(run, function, options, isolate=isolate)
    )


def _working_on(sweep_id: str, entity: str | None, project: str | None) -> Work:
    """Return what runs an agent for a sweep."""
    path, location = sweep_path.parse(sweep_id), here()

    def run(options: AgentOptions, wakeup: Wakeup | None = None) -> AgentReport:
        with closing(stores.open_existing(location.database)) as store:
            sweep = path.find_in(store, entity=entity, project=project)
            results = location.results
            return run_and_report(store, [sweep], options, results=results, wakeup=wakeup)

    return run


def _calling(
    run: Work, function: Callable[[], object], options: AgentOptions, *, isolate: bool
) -> AgentReport:
    name = getattr(function, "__qualname__", type(function).__name__)
    code = getattr(function, "__code__", None)
    file = code.co_filename if code and os.path.isfile(code.co_filename) else None
    options = options._replace(command=(name,), program=file)
    SESSION.close()
    return (_forking if isolate else _here)(run, function, options)


def _forking(run: Work, function: Callable[[], object], options: AgentOptions) -> AgentReport:
    if threading.current_thread() is not threading.main_thread():
        raise UsageError("agent(isolate=True) must be called from the main thread")

    def call() -> int:
        signal.signal(signal.SIGTERM, _stop)  # so that the function can clean up
        return _exit_code_of(function)

    return run(options._replace(launcher=forked(call)))


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise RunStopped("the agent ended this run")


def _here(run: Work, function: Callable[[], object], options: AgentOptions) -> AgentReport:
    """Call the function in this thread, for an agent in another one."""
    handover = Handover(STOP.set)
    # A traceback is seen where it happens.
    here = options._replace(launcher=handover.start, shows_tails=False)
    found: list[AgentReport | BaseException] = []
    with Wakeup(has_signals=False) as wakeup:

        def supervise() -> None:
            try:
                found.append(run(here, wakeup))
            except BaseException as error:  # noqa: BLE001 -- raised again in the other thread
                found.append(error)
            finally:
                handover.close()

        thread = threading.Thread(target=supervise, name="sweepcli agent", daemon=True)
        thread.start()
        while True:
            try:
                while (call := handover.next()) is not None:
                    _answer(call, function, wakeup)
                thread.join()
                break
            except KeyboardInterrupt:  # between two calls
                handover.give_up(-signal.SIGINT)
                wakeup.post(signal.SIGINT)
    if isinstance(found[0], BaseException):
        raise found[0]
    return found[0]


def _answer(call: Call, function: Callable[[], object], wakeup: Wakeup) -> None:
    """Make one call of the function, in the environment of its run."""
    before = dict(os.environ)
    exit_code = 1
    os.environ.clear()
    os.environ.update(call.environ)
    STOP.clear()
    try:
        exit_code = _exit_code_of(function, call.output_fd)
    except KeyboardInterrupt:
        exit_code = -signal.SIGINT
        wakeup.post(signal.SIGINT)
    finally:
        STOP.clear()
        os.environ.clear()
        os.environ.update(before)
        call.end(exit_code)
        wakeup.post()


def _exit_code_of(function: Callable[[], object], log_fd: int | None = None) -> int:
    """Call the function, and return what the exit code of a script of it would be.

    A traceback goes to stderr, and to a file if there is one.
    """
    try:
        function()
    except RunStopped:
        code = 0
    except KeyboardInterrupt:
        _finish(None)
        raise
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException as error:  # noqa: BLE001 -- whatever it is, it ends this run alone
        _print_traceback(error, log_fd)
        code = 1
    else:
        code = 0
    _finish(code)
    return code


def _finish(exit_code: int | None) -> None:
    run = SESSION.run
    if run is not None:
        run.end(exit_code)


def _print_traceback(error: BaseException, log_fd: int | None) -> None:
    import traceback  # noqa: PLC0415 -- for runs that fail

    # Without our own frame above the function's.
    trace = error.__traceback__ and error.__traceback__.tb_next
    text = "".join(traceback.format_exception(type(error), error, trace))
    sys.stderr.write(text)
    if log_fd is not None:
        os.write(log_fd, text.encode("utf-8", "backslashreplace"))


def _raise_for(report: AgentReport) -> None:
    code = report.own_code  # runs that failed are no error of the call's
    if code == INTERRUPTED:
        raise KeyboardInterrupt
    if code >= PREEMPTED:  # by a signal to this process
        raise SystemExit(code)
    if code:
        raise SweepError(f"the agent gave up: {report.why}")
