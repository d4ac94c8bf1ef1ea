"""Suggests the runs of a sweep, and finishes it. Connects search and store.

Every agent does this, at any time. Two at once compute the same suggestions, and the store
has each key once, so nothing here needs a lock. They take turns only to save time.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, overload

from sweepcli import search
from sweepcli.errors import IdTaken, WrongState
from sweepcli.ids import new_id
from sweepcli.records import UNFINISHED, WAITING, Goal, Run, SweepState
from sweepcli.sweeps import state_file

if TYPE_CHECKING:
    from sweepcli.records import Metric, Sweep, SweepConfig
    from sweepcli.stores import Store


class Runs(Sequence[Run]):
    """The runs of a sweep, read only if a search method uses one."""

    def __init__(self, store: Store, sweep_id: str, length: int) -> None:
        self._store = store
        self._sweep_id = sweep_id
        self._length = length
        self._loaded: list[Run] | None = None

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> Run: ...
    @overload
    def __getitem__(self, index: slice) -> list[Run]: ...
    def __getitem__(self, index: int | slice) -> Run | list[Run]:
        if self._loaded is None:
            self._loaded = self._store.runs(self._sweep_id)[: self._length]
        return self._loaded[index]


def top_up(store: Store, sweep: Sweep, *, wanted: int | None, now: float) -> bool:
    """Suggest some runs, at most `wanted`, unless another agent has meanwhile.

    False if the search has no more, or the run cap is reached.
    """
    config, known = sweep.config, store.number_of_runs(sweep.id)
    if _room(config, known, wanted) <= 0:
        return False
    suggest = search.method(config.method)
    with store.database.turn(sweep.id):
        before, known = known, store.number_of_runs(sweep.id)
        if known > before and store.has_waiting(sweep.id):  # another agent's, while we waited
            return True
        # If other agents have claimed all of these, it is still our turn: if each agent went back
        # to wait for another one, all that wait would look in vain once for each suggestion.
        room = _room(config, known, wanted)
        if room <= 0:
            return False
        suggestions = suggest(config, Runs(store, sweep.id, known), room)
        with suppress(IdTaken):  # nothing was added; the caller retries with other ids
            with_ids = [(new_id(), suggestion) for suggestion in suggestions]
            store.suggest(sweep.id, with_ids, run_cap=config.run_cap, now=now)
    return bool(suggestions)


def _room(config: SweepConfig, known: int, wanted: int | None) -> int:
    """Return how many runs to suggest at once, beyond those that are known."""
    limits = (wanted, None if config.run_cap is None else config.run_cap - known)
    return min([search.ahead(config.method), *(n for n in limits if n is not None)])


def total(config: SweepConfig) -> int | None:
    """Return how many runs the sweep will have at most; None if nothing limits it."""
    limits = [n for n in (search.size(config), config.run_cap) if n is not None]
    return min(limits, default=None)


def learns(config: SweepConfig) -> bool:
    """Return whether the sweep's method needs the values of its runs."""
    return search.learns(config.method)


def has_value(store: Store, sweep: Sweep) -> bool:
    """Return whether any run has shown all that the sweep optimises."""
    if not sweep.config.metrics:
        return store.number_with_value(sweep.id) > 0
    from sweepcli.search import pareto  # noqa: PLC0415 -- few sweeps have several metrics

    return any(pareto.objectives(sweep.config, run) for run in store.runs(sweep.id))


def is_used_up(store: Store, sweep: Sweep) -> bool:
    """Return whether all runs that the sweep will ever have are suggested."""
    limit = total(sweep.config)
    return limit is not None and store.number_of_runs(sweep.id) >= limit


def has_waiting(store: Store, sweep: Sweep) -> bool:
    """Return whether a run waits for an agent, also one that was given back."""
    counts = store.counts(sweep.id)
    return any(counts.get(state) for state in WAITING)


def finish_if_over(store: Store, sweep: Sweep, results: str) -> None:
    """Mark a sweep finished if its target is reached, or if it is used up with no run left."""
    finish_at_target(store, sweep, results)
    if is_used_up(store, sweep):
        finish_if_done(store, sweep, results)


def finish_if_done(store: Store, sweep: Sweep, results: str) -> bool:
    """Mark a used-up sweep finished once no run of it is open; return whether it is."""
    also = state_file.noting(results, sweep, store.database)
    return store.finish_if_done(sweep.id, also=also)


def finish_at_target(store: Store, sweep: Sweep, results: str) -> str | None:
    """Mark a sweep finished if a run has reached its target, and say which; None if none has.

    W&B's rule: no more runs start, running runs may finish.
    """
    reached = target_reached(store, sweep)
    if reached and store.sweep(sweep.id).state in UNFINISHED:
        also = state_file.noting(results, sweep, store.database)
        with suppress(WrongState):  # a person has just changed the state
            store.set_state(sweep.id, SweepState.FINISHED, allowed=UNFINISHED, also=also)
    return reached


def target_reached(store: Store, sweep: Sweep) -> str | None:
    """Return which run has reached the sweep's target; None if none has."""
    metric = sweep.config.metric
    if metric is None or metric.target is None:
        return None
    best = store.best_run(sweep.id, metric.goal, ended=_may_worsen(metric))
    if best is None or best.value is None or metric.goal.is_better(metric.target, best.value):
        return None
    return f"run {best.id} reached the target: {metric.name} {best.value:.4g}"


def _may_worsen(metric: Metric) -> bool:
    """Return whether a run's value may become worse while it works."""
    figure = metric.name.rpartition(".")[2]
    steady = {"min": Goal.MINIMIZE, "max": Goal.MAXIMIZE}.get(figure, metric.goal)
    is_steady = figure not in ("last", "mean") and steady is metric.goal
    return metric.value != "best" or metric.over_inits is not None or not is_steady


def is_capped(config: SweepConfig) -> bool:
    """Return whether the run cap, and not the search, limits how many runs there will be."""
    size = search.size(config)
    return config.run_cap is not None and (size is None or config.run_cap <= size)


def limit_reached(config: SweepConfig) -> str:
    """Return why a sweep is used up."""
    size = search.size(config)
    if is_capped(config):
        return f"the run_cap of {config.run_cap} is reached"
    if size is None:
        return f"the search {config.method} has nothing more to suggest"
    return f"all {size} runs of the {config.method} search are claimed"
