"""Where a sweep stands: the sweep, what its config means, how many runs, which is best."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sweepcli import folders, search, sweep_control, timing
from sweepcli.recovery import Recovery
from sweepcli.show import failures, render
from sweepcli.sweep_config import parse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sweepcli.records import JSON, Run, RunState, Sweep, SweepConfig
    from sweepcli.show.failures import Failure
    from sweepcli.stores import Store

HEADINGS = ("path", "name", "state", "method", "runs", "best")


@dataclass(frozen=True, slots=True)
class Standing:
    """A sweep with all that is told about it."""

    sweep: Sweep
    config: SweepConfig
    counts: dict[RunState, int]
    total: int | None
    best: Run | None
    failures: Sequence[Failure]
    length_scales: Mapping[str, float]  # of the search's model, if it has one

    def row(self) -> list[JSON]:
        """Return the sweep as a row under HEADINGS."""
        value = render.value_line(self.best, self.config.metric) if self.best else None
        state, runs = str(self.sweep.state), render.of_total(render.done(self.counts), self.total)
        return [self.sweep.path, self.sweep.name, state, self.config.method, runs, value]

    def record(self, results: str) -> dict[str, JSON]:
        """Return the sweep for `--json`."""
        best = self.best
        return {
            "path": self.sweep.path,
            "id": self.sweep.id,
            "name": self.sweep.name,
            "state": str(self.sweep.state),
            "method": self.config.method,
            "runs": self.total,
            "done": render.done(self.counts),
            "states": {str(state): count for state, count in self.counts.items()},
            "length_scales": dict(self.length_scales),
            "best": best and {"id": best.id, "value": best.value, "params": best.params},
            "failures": [
                {
                    "count": len(each.runs),
                    "cause": each.text,
                    "runs": list(each.runs[: failures.GROUPS]),
                }
                for each in self.failures
            ],
            "dir": folders.sweep_folder(results, self.sweep),
        }

    def lines(self, results: str) -> list[str]:
        """Return the sweep for people."""
        sweep, best = self.sweep, self.best
        runs = render.of_total(render.done(self.counts), self.total)
        states = render.states(self.counts)
        rows = [
            ("sweep", sweep.path),
            ("name", sweep.name or ""),
            ("state", str(sweep.state)),
            ("method", self.config.method),
            ("metric", render.metrics(self.config.objectives)),
            ("runs", f"{runs} done" + (f" ({states})" if states else "")),
            ("best", self._best_line()),
            ("", render.params_line(best.params) if best else ""),
            ("matters", render.by_length(self.length_scales)),
            ("created", time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(sweep.created_at))),
            *(
                ("failures" if at == 0 else "", each.line)
                for at, each in enumerate(self.failures[: failures.GROUPS])
            ),
            (
                "config",
                os.path.join(folders.sweep_folder(results, sweep), folders.SWEEP_RECORD),
            ),
        ]
        return render.pairs((name, text) for name, text in rows if text)

    def _best_line(self) -> str:
        if self.config.metrics:
            return f"of several metrics: `sweep best {self.sweep.path}` lists them"
        best = self.best
        return f"{best.id}: {render.value_line(best, self.config.metric)}" if best else "none yet"


def of(store: Store, sweep: Sweep) -> Standing:
    """Return where a sweep stands."""
    config = parse.parse(sweep.config)
    return Standing(
        sweep,
        config,
        store.counts(sweep.id),
        # A method that this version does not obey has no size that it could tell.
        sweep_control.total(config) if search.is_known(config.method) else None,
        store.best_run(sweep.id, maximize=render.maximize(config.metric)),
        failures.of(store, sweep),
        (store.last_search_info(sweep.id) or {}).get("length_scales", {}),
    )


def recover(store: Store, sweep: Sweep, results: str) -> None:
    """Take back the runs of agents that died, so that what is told is true."""
    lease_s = timing.read(os.environ).lease_s
    Recovery(lease_s).give_back_lost(store, sweep, parse.parse(sweep.config), results)
