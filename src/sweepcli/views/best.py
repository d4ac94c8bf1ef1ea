"""The best runs of a sweep: as records, as arguments of its program, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sweepcli import printed
from sweepcli.errors import UnknownRun
from sweepcli.records import Goal
from sweepcli.search import pareto
from sweepcli.sweeps import without_metric
from sweepcli.values import leaves
from sweepcli.views import command_line, grid, render, shown, terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sweepcli.records import JSON, Run, Sweep, SweepConfig
    from sweepcli.stores import Store
    from sweepcli.views.params_order import ParamsOrder

NO_ARGUMENTS = (
    "the command has no arguments behind its program: these are the params as ${args} would write "
    "them (--format command has the whole line)"
)


class Best(NamedTuple):
    """The best runs of a sweep, each with its values by metric."""

    sweep: Sweep
    runs: Sequence[Run]
    values: Sequence[dict[str, JSON]]

    @property
    def config(self) -> SweepConfig:
        """The sweep's config."""
        return self.sweep.config

    def records(self, now: float) -> list[dict[str, JSON]]:
        """Return the runs for JSON and YAML."""
        metric = self.config.metric
        said = metric and render.metric_record(metric)
        of_one = said and {"metric": said["name"], "metric_value": said["value"]}
        pairs = zip(self.runs, self.values, strict=True)
        return [
            {
                **render.run_record(run, now),
                **(of_one or {"metrics": each}),
            }
            for run, each in pairs
        ]

    def commands(self, results: str) -> list[str]:
        """Return the whole command line of each run, for a shell."""
        return [command_line.line(run, self.sweep, results) for run in self.runs]

    def args(self, results: str, note: Callable[[str], None]) -> list[str]:
        """Return the arguments that each run's program had, for a shell.

        Where it had none, its params as `${args}` writes them; `note` gets that.
        """
        found = [command_line.own_arguments(run, self.sweep, results) for run in self.runs]
        if None in found:
            note(NO_ARGUMENTS)
        pairs = zip(self.runs, found, strict=True)
        return [text or command_line.params(run, self.sweep) for run, text in pairs]

    def lines(
        self, longest: int | None = terminal.LONGEST, order: ParamsOrder | None = None
    ) -> list[str]:
        """Return the first run for people, with its params in an order of their own if given."""
        run = self.runs[0]
        pairs = order.pairs(run.params) if order else leaves(run.params)
        params = [(name, shown.value(value, longest)) for name, value in pairs]
        value = render.values_line(run, self.config.metric)
        state = render.bad_end(run)
        states = [("state", state)] if state else []
        return grid.pairs([("run", render.called(run)), *states, ("value", value), *params])

    def table(self, order: ParamsOrder | None = None) -> tuple[list[str], list[list[JSON]]]:
        """Return headings and a row for each run.

        For people, who have an order of the params, with the best and the last number of each,
        where these are others than its value.
        """
        others = {**self._steps(), **self._others()} if order else {"step": "value_step"}
        others = others if self.config.metric is not None else {}
        others |= {"name": "name"} if order and any(run.name for run in self.runs) else {}
        heads, params = render.params_columns(self.runs)
        if order:
            places = [at for part in order.columns(heads, params) for at in part]
            heads = [heads[at] for at in places]
            params = [[given[at] for at in places] for given in params]
        rows = [
            [run.id, *each.values(), *(getattr(run, name) for name in others.values()), *given]
            for run, each, given in zip(self.runs, self.values, params, strict=True)
        ]
        names = [render.heading(metric) for metric in self.config.objectives]
        return ["id", *names, *others, *heads], rows

    def _steps(self) -> dict[str, str]:
        """Return heading and field of the steps of the values, if any run has several values."""
        has_steps = any(run.step_of_several is not None for run in self.runs)
        return {"step": "step_of_several"} if has_steps else {}

    def _others(self) -> dict[str, str]:
        """Return headings and fields of what differs from the value in any run."""
        named = {"best": "best", "last": "latest"}
        return {
            heading: field
            for heading, field in named.items()
            if any(getattr(run, field) not in (None, run.value) for run in self.runs)
        }


def of(store: Store, sweep: Sweep, most: int | None, results: str | None = None) -> Best:
    """Return the best runs, the best one if `most` is None and there is one metric.

    `results` is where the output of runs may be, which may have what they did not log.
    With several metrics: the Pareto front, see `search/pareto.py`.
    Raises UnknownRun if there is none.
    """
    config = sweep.config
    names = [metric.name for metric in config.objectives]
    if config.metrics:
        front = pareto.front(store.runs(sweep.id), config.metrics)[:most]
        if not front:
            none = f"no run of sweep {sweep.path} has logged all of {names} yet"
            raise UnknownRun(none + _why_none(store, sweep, results))
        values = [pareto.values(run, config.metrics) or [] for run in front]
        return Best(sweep, front, [dict(zip(names, each, strict=True)) for each in values])
    if config.metric is None:
        raise UnknownRun(f"sweep {sweep.path} has no best run: its config has no `metric`")
    descending = config.goal is Goal.MAXIMIZE
    runs = store.page(sweep.id, order="value", descending=descending, most=most or 1)
    runs = [run for run in runs if run.value is not None]
    if not runs:
        none = f"no run of sweep {sweep.path} has logged a number as {names[0]!r} yet"
        raise UnknownRun(none + _why_none(store, sweep, results))
    return Best(sweep, runs, [{names[0]: run.value} for run in runs])


def rivals(store: Store, found: Best) -> list[str]:
    """Return which other runs could be called the best: of the same value, or by their last one."""
    sweep, best, metric = found.sweep, found.runs[0], found.config.metric
    if metric is None or best.value is None:
        return []
    said = []
    if same := store.number_with_value(sweep.id, best.value) - 1:
        said.append(f"{render.many(same, 'other run')} {'has' if same == 1 else 'have'} this value")
    if "value" in sweep.raw["metric"]:  # people have said which number counts
        return said
    last = store.best_run(sweep.id, metric.goal, by_last=True)
    if last and last.latest is not None and metric.goal.is_better(last.latest, best.latest):
        number = f"{printed.escaped(metric.name)}={render.number(last.latest)}"
        said.append(
            f"by its last value run {last.id} is the best ({number}): `value: last` under "
            "`metric`, or `--value last`"
        )
    return said


def _why_none(store: Store, sweep: Sweep, results: str | None) -> str:
    without = without_metric.of(store, sweep, results)
    return f": {without.line}; {without.hint}" if without else ""
