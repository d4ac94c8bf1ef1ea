"""One of the sweeps that an agent works on: claims its runs, and finishes it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import commands, folders
from sweepcli.errors import NotSupported
from sweepcli.records import BAD, UNFINISHED, WAITING, SweepState
from sweepcli.runs import preflight
from sweepcli.sweeps import controller

if TYPE_CHECKING:
    from collections.abc import Callable

    from sweepcli.agents.code_of_runs import CodeOfRuns
    from sweepcli.agents.options import AgentOptions
    from sweepcli.agents.recovery import Recovery
    from sweepcli.code.redirect import Redirect
    from sweepcli.records import Run, Sweep
    from sweepcli.stores import Store

OPEN = (SweepState.PENDING, SweepState.RUNNING)
WRITTEN = (
    "{path}: runs have written into the frozen code, which is kept for that: {file} (the working "
    "directory, and the folder that SWEEPCLI_RUN_DIR names, are better places)"
)
UNPACKED_S = 5.0  # what takes longer is told
A_FUNCTION = (
    "{path}: its code is frozen, and a function of a running program cannot be: start the sweep's "
    "program with `{agent}`, or create the sweep without `code: frozen`"
)


class Nothing(NamedTuple):
    """Why there is no run to claim."""

    why: str
    may_come: bool = False  # whether there may be one later


class Assignment:
    """One of an agent's sweeps."""

    def __init__(
        self,
        store: Store,
        sweep: Sweep,
        recovery: Recovery,
        options: AgentOptions,
        code: CodeOfRuns,
        *,
        results: str,
        note: Callable[[str], None],
    ) -> None:
        """Check that its runs can be started; raise as `preflight.check` does if not."""
        self.sweep = sweep
        self.config = sweep.config
        if options.command:
            command, program = options.command, options.program
            self.config = sweep.config._replace(command=command, program=program)
        has_gpus = any(slot.gpus for slot in options.slots)
        is_frozen = self.config.code.is_frozen
        self.interpreter = preflight.check(
            self.config, note, has_gpus=has_gpus, has_snapshot=is_frozen
        )
        self.results = results
        code.add(sweep, self.config, self.interpreter, results)
        self._code = code
        self.frozen = _frozen(store, self, options, note) if is_frozen else None
        self._store = store
        self._recovery = recovery
        self._waits = options.waits  # for runs that other agents may give back
        self._note = note
        self._is_used_up = False  # once the search has said so; its size may not be known

    def folder_of(self, run: Run) -> str:
        """Return the folder of the attempt at a run."""
        return folders.last_attempt_folder(self.results, self.sweep, run)

    def take(self, agent_id: str, wanted: int | None) -> Run | Nothing:
        """Claim a run, suggesting new ones, at most `wanted`, where none waits."""
        reached = self.finish_at_target()
        while True:
            if run := self._claim(agent_id):
                return run
            if nothing := self._find_more(wanted, reached):
                # Another agent may have suggested runs between our claim and our search.
                return self._claim(agent_id) or nothing

    def _claim(self, agent_id: str) -> Run | None:
        seen = self._code.seen(self.sweep.id)
        return self._store.claim_run(self.sweep.id, agent_id, time.time(), seen)

    def _find_more(self, wanted: int | None, reached: str | None) -> Nothing | None:
        """Make sure that there are runs to claim; say why there are none, as things are now."""
        if self._state() in OPEN:
            if self.recover() or self._top_up(wanted):
                return None
            why = f"nothing is left: {controller.limit_reached(self.config)}"
            self._is_used_up = True
            is_done = controller.finish_if_done(self._store, self.sweep, self.results)
            if not is_done and self._state() in OPEN:
                return Nothing(f"{why}; other agents still run some", may_come=self._waits)
        else:
            self.recover()  # what a dead agent left running ends with its sweep
        state = self._state()
        return Nothing(self._why_none(state, reached), may_come=state is SweepState.PAUSED)

    def _state(self) -> SweepState:
        return self._store.sweep(self.sweep.id).state

    def _why_none(self, state: SweepState, reached: str | None) -> str:
        """Return why a sweep in this state has no run to claim."""
        if state is not SweepState.FINISHED:  # whatever else was true before a person changed it
            return f"the sweep is {state}"
        if reached:
            return reached
        is_left = controller.has_waiting(self._store, self.sweep)
        if not is_left and self._is_used_up:
            return f"nothing is left: {controller.limit_reached(self.config)}"
        if not is_left and controller.is_used_up(self._store, self.sweep):
            return f"the sweep is {state}: {controller.limit_reached(self.config)}"
        return f"the sweep is {state}"

    def recover(self) -> bool:
        """Take back the runs of agents that died; return whether there were any."""
        where = (self._store, self.sweep, self.results)
        lost = self._recovery.give_back_lost(*where, warn=self._note)
        for run in lost:
            again = run.state in WAITING
            what = "can be claimed again" if again else f"is {run.state}: that was recorded"
            self._note(f"run {run.id} was lost with its agent and {what}")
        return bool(lost)

    def has_failures(self) -> bool:
        """Whether any run of the sweep, whoever had it, has failed or crashed."""
        counts = self._store.counts(self.sweep.id)
        return any(counts.get(state) for state in BAD)

    def finish_at_target(self) -> str | None:
        """Mark the sweep finished if a run has reached its target, and say which."""
        return controller.finish_at_target(self._store, self.sweep, self.results)

    def finish(self) -> None:
        """Mark the sweep finished if this agent had its last runs; tidy up after it."""
        controller.finish_if_over(self._store, self.sweep, self.results)
        if self.frozen:
            self.frozen.checkout.close()
            is_over = self._state() not in UNFINISHED
            if is_over and not self._store.running(self.sweep.id):
                from sweepcli.code import checkout  # noqa: PLC0415 -- few sweeps are frozen

                written = checkout.remove_unused(folders.sweep_folder(self.results, self.sweep))
                if written:
                    self._note(WRITTEN.format(path=self.sweep.path, file=written[0]))

    def _top_up(self, wanted: int | None) -> bool:
        return controller.top_up(self._store, self.sweep, wanted=wanted, now=time.time())


def _frozen(
    store: Store, assignment: Assignment, options: AgentOptions, note: Callable[[str], None]
) -> Redirect:
    """Return how the runs of a frozen sweep are started; raise NotSupported for functions."""
    from sweepcli.runs import frozen  # noqa: PLC0415 -- few sweeps are frozen

    sweep = assignment.sweep
    if options.command:
        agent = commands.line("agent", sweep.path)
        raise NotSupported(A_FUNCTION.format(path=sweep.path, agent=agent))
    started = time.monotonic()
    opened = frozen.opened(
        store,
        sweep,
        assignment.config,
        results=assignment.results,
        interpreter=assignment.interpreter,
    )
    if (seconds := time.monotonic() - started) > UNPACKED_S:
        note(f"unpacking the frozen code of {sweep.path} took {seconds:.0f} s; it is there now")
    return opened
