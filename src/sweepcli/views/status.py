"""The status of a sweep: how many runs it has in each state, which is best, how fast they end."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import folders, search
from sweepcli.agents.recovery import Recovery
from sweepcli.runs import timing
from sweepcli.search import importance
from sweepcli.sweeps import controller, without_metric
from sweepcli.views import code_versions, curves, failures, pace, render, sweep_state

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sweepcli.records import JSON, Agent, Run, RunState, Sweep, SweepConfig
    from sweepcli.search.importance import Importance
    from sweepcli.stores import Store
    from sweepcli.sweeps.without_metric import WithoutMetric
    from sweepcli.views.code_versions import SweepCode
    from sweepcli.views.curves import Curve
    from sweepcli.views.failures import Failure
    from sweepcli.views.pace import Pace
    from sweepcli.views.sweep_state import ShownState

WEIGHED = 300  # runs that the importance is taken from: more would take too long
OF_BEST = ("id", "name", "number", "state", "value", "step", "best", "latest", "params")
CURVE_ROWS = 500  # of the best run's history: more than a line of a terminal can show


class Worker(NamedTuple):
    """An agent that has had runs of the sweep and has not ended."""

    agent: Agent
    running: int
    runs: int
    is_dead: bool

    def record(self, now: float) -> dict[str, JSON]:
        """Return the agent for `--json`."""
        return {
            "id": self.agent.id,
            "host": self.agent.host,
            "pid": self.agent.pid,
            "runs_at_work": self.running,
            "runs_had": self.runs,
            "heartbeat_age_s": round(max(0.0, now - self.agent.heartbeat_at), 1),
            "is_dead": self.is_dead,
        }


@dataclass(frozen=True, slots=True)
class SweepStatus:
    """A sweep with all that people see of it.

    What cannot be read from an index has a default: `brief` leaves it out.
    """

    sweep: Sweep
    counts: dict[RunState, int]
    total: int | None
    best: Run | None
    now: float
    shown_state: ShownState  # for people
    failures: Sequence[Failure] = ()
    length_scales: Mapping[str, float] = field(default_factory=dict)  # of the search's model
    curve: Curve | None = None  # of the best run's metric
    pace: Pace | None = None
    workers: Sequence[Worker] = ()
    importance: Importance | None = None
    without: WithoutMetric | None = None  # runs that finished without the metric
    code: SweepCode | None = None  # which versions of the code the runs had

    @property
    def config(self) -> SweepConfig:
        """What the sweep's config means."""
        return self.sweep.config

    @property
    def done(self) -> int:
        """How many runs have ended for good."""
        return render.done(self.counts)

    def state_fields(self) -> dict[str, JSON]:
        """Return W&B's word for the sweep's state, and how it stands for people."""
        found = self.shown_state
        state = str(self.sweep.state)
        return {"state": state, "status": found.word, "note": found.note, "idle": found.is_idle}

    def fields(self) -> dict[str, JSON]:
        """Return what a list of sweeps has of each, for the page and `--json`."""
        best = self.best and self.best.record(self.now)
        return {
            "path": self.sweep.path,
            "id": self.sweep.id,
            "name": self.sweep.name,
            "notes": self.sweep.notes,
            "tags": list(self.sweep.tags),
            **self.state_fields(),
            "method": self.config.method,
            "done": self.done,
            "states": {str(state): count for state, count in self.counts.items()},
            "best": best and {name: best[name] for name in OF_BEST},
            "created_at": self.sweep.created_at,
        }

    def brief(self, results: str) -> dict[str, JSON]:
        """Return the sweep for `sweep ls --json`."""
        folder = folders.sweep_folder(results, self.sweep)
        return {**self.fields(), "runs": self.total, "dir": folder}

    def record(self, results: str) -> dict[str, JSON]:
        """Return the sweep for `sweep show --json`."""
        return {
            **self.brief(results),
            "metrics": [render.metric_record(metric) for metric in self.config.objectives],
            "length_scales": dict(self.length_scales),
            "runs_per_hour": self.pace and self.pace.per_hour,
            "left_s": self.pace and self.pace.left_s,
            "curve": self.curve and self.curve._asdict(),
            "importance": self.importance and importance.record(self.importance),
            "failures": [each.record() for each in self.failures],
            "without_metric": self.without and self.without.record(),
            "code": self.code and self.code.record(),
            "agents": [each.record(self.now) for each in self.workers],
        }


def brief(store: Store, sweep: Sweep, now: float | None = None) -> SweepStatus:
    """Return the part of a sweep's status that indexes give quickly."""
    config, counts = sweep.config, store.counts(sweep.id)
    now = time.time() if now is None else now
    # The number of runs of a method that this version does not know is unknown.
    total = controller.total(config) if search.is_known(config.method) else None
    best = store.best_run(sweep.id, config.goal)
    state = sweep_state.of(store, sweep, counts, total, now)
    return SweepStatus(sweep, counts, total, best, now, state)


def of(
    store: Store, sweep: Sweep, now: float | None = None, *, results: str | None = None
) -> SweepStatus:
    """Return the whole status of a sweep; `results` has their output and code."""
    found = brief(store, sweep, now)
    return replace(
        found,
        failures=failures.of(store, sweep),
        without=without_metric.of(store, sweep, results),
        length_scales=(store.last_search_info(sweep.id) or {}).get("length_scales", {}),
        curve=found.best and curves.of_metric(store, found.best, sweep.config.metric, CURVE_ROWS),
        pace=pace_of(store, found),
        workers=workers(store, sweep, found.now),
        code=code_versions.of(store, sweep, found.counts, results),
        importance=importance.of(found.config, store.sample_of_values(sweep.id, WEIGHED)),
    )


def pace_of(store: Store, found: SweepStatus) -> Pace | None:
    """Return how fast the runs of a sweep end, None if that cannot be known."""
    latest = pace.latest(store, found.sweep.id, found.counts)
    return pace.of_sweep(latest, found.sweep.state, found.counts, found.total, found.now)


def workers(store: Store, sweep: Sweep, now: float) -> list[Worker]:
    """Return the agents that have not ended, and whether they are alive."""
    recovery = Recovery(timing.read(os.environ).lease_s)
    return [
        Worker(agent, at_work, had, recovery.is_dead(agent, now, time.monotonic()))
        for agent, at_work, had in store.agents(sweep.id)
    ]
