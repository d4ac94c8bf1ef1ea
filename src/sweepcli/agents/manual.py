"""Runs that a person's own launcher starts, `srun` or `torchrun`: claimed here, ended here.

No process of ours watches over such a run, so nobody can say that it was lost: it stays
running until its end is reported.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from sweepcli import folders, messages
from sweepcli.agents import missing_metric
from sweepcli.agents.assignment import Assignment, Nothing
from sweepcli.agents.code_of_runs import CodeOfRuns
from sweepcli.agents.recovery import Recovery, read_metrics
from sweepcli.errors import FolderError, StoreUnavailable, SweepError, WrongState
from sweepcli.ids import new_id
from sweepcli.records import Agent, Ending, RunState
from sweepcli.runs import attempt, attempt_record, outcome, prepare
from sweepcli.runs.attempt_record import Holder
from sweepcli.runs.slots import Slot
from sweepcli.sweeps import controller

if TYPE_CHECKING:
    from collections.abc import Callable

    from sweepcli.agents.options import AgentOptions
    from sweepcli.records import Run, Sweep
    from sweepcli.runs.metrics.run_metrics import RunMetrics
    from sweepcli.runs.prepare import Prepared
    from sweepcli.stores import Store
    from sweepcli.stores.location import Location

SHELLS_SIGNAL = 128  # a shell's exit code for a program that signal N ended is this and N


def claim(
    store: Store,
    sweep: Sweep,
    options: AgentOptions,
    *,
    location: Location,
    note: Callable[[str], None],
) -> Prepared | Nothing:
    """Claim the next run of a sweep, and make its folder.

    Raises what `Assignment` and `prepare.prepare` do; a run that was taken is given back then.
    """
    recovery, results = Recovery(options.timing.lease_s), location.results
    now = time.time()
    agent = Agent(new_id(), os.uname().nodename, 0, now, now)
    code = CodeOfRuns(store, agent.id, messages.warn)
    assignment = Assignment(store, sweep, recovery, options, code, results=results, note=note)
    code.look_now()
    store.add_agent(agent)
    run = assignment.take(agent.id, 1)
    if isinstance(run, Nothing):
        store.end_agent(agent.id, now)
        return run
    try:
        prepared = prepare.prepare(
            run,
            sweep,
            assignment.config,
            Slot(0),
            location=location,
            interpreter=assignment.interpreter,
            wandb=options.wandb,
            frozen=assignment.frozen,
        )
        attempt_record.give_out(prepared.folder)
        code.given_out(run)
    except SweepError as error:
        _end_unstarted(store, run, folders.last_attempt_folder(location.results, sweep, run), error)
        raise
    return prepared


def _end_unstarted(store: Store, run: Run, folder: str, error: SweepError) -> None:
    is_disk = isinstance(error, (FolderError, StoreUnavailable))
    state = RunState.PREEMPTED if is_disk else RunState.FAILED
    ending = Ending(state, None, str(error), time.time())
    with suppress(StoreUnavailable):  # the first error says more
        holder = Holder(os.uname().nodename, 0)
        attempt_record.end(folder, run, ending, state, holder=holder)
    store.end_attempt(run, ending, [], run.progress, state)


def finish(store: Store, run_id: str, exit_code: int, *, results: str) -> Run:
    """Record the end of a run that `claim` gave out, with all that it logged; return the run.

    `exit_code` is the program's or what a shell makes of it: 137, or -9, for SIGKILL. A run
    that has ended already stays as it is. Raises UnknownRun, or WrongState for the run of an
    agent that lives.
    """
    run = store.run(run_id)
    if run.state is not RunState.RUNNING:
        return run
    agents = [agent for held, agent in store.running(run.sweep_id) if held.id == run_id]
    if agents and agents[0].pid != 0:
        raise WrongState(
            f"run {run_id} is run by an agent on {agents[0].host}, which records its end"
        )
    sweep = store.sweep(run.sweep_id)
    folder = folders.last_attempt_folder(results, sweep, run)
    rows, metrics = read_metrics(store, folder, sweep.config, run)
    code = _without_shell(exit_code)
    tally = metrics.tally
    ending = outcome.of(
        code,
        time.time(),
        said=tally.finishes.exit_code,
        is_preempting=tally.is_preempting,
    )
    if ending.state is not RunState.FINISHED:
        ending = attempt.with_words(ending, folder)
    then = outcome.next_state(ending, store.endings(run), sweep.config)
    holder = Holder(agents[0].host if agents else "", 0)
    complaint = attempt_record.end(
        folder, run, ending, then, holder=holder, logged=metrics.read_up_to
    )
    if complaint:
        messages.warn(complaint)
    store.end_attempt(run, ending, rows, tally.progress, then)
    store.end_agent(str(run.agent_id), ending.at)
    _warn(sweep, run, folder, ending, metrics)
    controller.finish_if_over(store, sweep, results)
    return store.run(run_id)


def _warn(sweep: Sweep, run: Run, folder: str, ending: Ending, metrics: RunMetrics) -> None:
    for text in metrics.complaints(ending):
        messages.warn(text.replace(folders.RUN_DIR_MACRO, folder))
    lacking = missing_metric.lacking_metric(sweep, ending, metrics.tally.progress)
    if lacking and (said := missing_metric.hint(sweep, run, folder, lacking)):
        messages.warn(said)


def _without_shell(exit_code: int) -> int:
    """Return the code as `outcome` has it: negative for a signal."""
    is_signal = SHELLS_SIGNAL < exit_code < SHELLS_SIGNAL + signal.NSIG
    return SHELLS_SIGNAL - exit_code if is_signal else exit_code
