"""Compares search engines, and prints the tables: `python -m benchmarks.search`.

What was played is kept in `.bench`, so that a run that was broken off goes on where it was.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from statistics import fmean
from typing import TYPE_CHECKING

from benchmarks import measuring
from benchmarks.search import cost, engines, play, report, tasks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from benchmarks.search.engines import Engine
    from benchmarks.search.play import Game, Results
    from benchmarks.search.tasks import Task

Job = tuple["Engine", "Task", int, int]  # pending, seed
OURS = "sweepcli bayes"


def main(arguments: Sequence[str] | None = None) -> None:
    """Play what has not been played yet, and print the tables."""
    asked = _parser().parse_args(arguments)
    chosen = [e for e in engines.ENGINES if not asked.engines or e.name in asked.engines]
    for engine in chosen if asked.set_up else ():
        if why := engines.set_up(engine):
            sys.stderr.write(f"{engine.name} is left out, it cannot be installed: {why}\n")
    chosen = [engine for engine in chosen if engine.is_installed]
    played = [t for t in tasks.all_tasks() if not asked.kinds or t.kind in asked.kinds]
    budget = max(play.BUDGETS) if asked.budget is None else asked.budget
    games = _play(chosen, played, budget=budget, seeds=asked.seeds, jobs=asked.jobs)
    _show(games, played)
    if asked.cost:
        headings = ["CPU ms", "load, first", *(f"n={n:,}" for n in cost.COUNTS)]
        measuring.show("One suggestion after n runs", headings, cost.cold(chosen))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("--engines", nargs="*", metavar="NAME", help="only these")
    parser.add_argument("--kinds", nargs="*", metavar="KIND", help="only tasks of these kinds")
    parser.add_argument("--seeds", type=int, default=99, help="at most so many searches a task")
    parser.add_argument("--budget", type=int, choices=play.BUDGETS, help="stop after so many runs")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="searches at a time")
    parser.add_argument("--set-up", action="store_true", help="install the engines of others")
    parser.add_argument("--cost", action="store_true", help="also measure a suggestion's cost")
    return parser


def _play(
    chosen: Sequence[Engine], played: Sequence[Task], *, budget: int, seeds: int, jobs: int
) -> list[Game]:
    results = play.Results()
    games, wanted = [], []
    for job in _jobs(chosen, played, seeds):
        engine, task, pending, seed = job
        known = results.known(engine, task, pending, seed, budget)
        games += [known] if known else []
        wanted += [] if known else [job]
    workers = _Workers(results, budget, len(wanted))
    with ThreadPoolExecutor(jobs) as pool:
        games += pool.map(workers.work, wanted)
    workers.close()
    return games


def _jobs(chosen: Sequence[Engine], played: Sequence[Task], seeds: int) -> Iterator[Job]:
    """Yield all searches, the first seed of everything first."""
    for seed in range(seeds):
        for engine in chosen:
            for pending in (1, 8):
                is_known = engine.name == report.BASELINE and pending > 1  # the same as one by one
                if seed < engine.seeds and not is_known:
                    yield from ((engine, task, pending, seed) for task in played)


class _Workers:
    """Threads, each with a process of every engine that it has needed."""

    def __init__(self, results: Results, budget: int, total: int) -> None:
        self._results = results
        self._budget = budget
        self._total = total
        self._done = 0
        self._lock = threading.Lock()
        self._talks: dict[tuple[int, str], engines.Talk] = {}

    def work(self, job: Job) -> Game:
        """Play one game."""
        engine, task, pending, seed = job
        key = threading.get_ident(), engine.name
        if key not in self._talks:
            self._talks[key] = engines.Talk(engine)
        found = play.play(self._talks[key], task, seed=seed, pending=pending, budget=self._budget)
        game = play.Game(engine.name, task.name, pending, seed, found)
        with self._lock:
            self._results.add(engine, task, game, self._budget)
            self._done += 1
            if sys.stderr.isatty():
                sys.stderr.write(f"\r{self._done} of {self._total} searches ")
        return game

    def close(self) -> None:
        """End the processes."""
        for talk in self._talks.values():
            talk.close()


def _show(games: Sequence[Game], played: Sequence[Task]) -> None:
    every = {task.name: task for task in played}
    table = report.regrets(games, every)
    halves = {
        "all tasks": every,
        "tasks that were looked at": {n: t for n, t in every.items() if not t.is_held_out},
        "tasks held out": {n: t for n, t in every.items() if t.is_held_out},
    }
    for pending, how in ((1, "one by one"), (8, "8 at a time")):
        for title, half in halves.items():
            _show_regrets(f"{title} ({len(half)}), {how}", _part(table, pending, half))
        _show_ranks(f"mean rank, all tasks, {how}", _part(table, pending, every))
    _show_kinds(table, every)
    _show_behind(table)


Part = dict[int, dict[str, "report.ByTask"]]  # by budget and engine


def _part(
    table: Mapping[tuple[str, int, int], report.ByTask], pending: int, half: Mapping[str, Task]
) -> Part:
    part: Part = {}
    for (engine, its_pending, budget), by_task in table.items():
        is_baseline = engine == report.BASELINE
        if its_pending == pending or is_baseline:
            kept = {task: regret for task, regret in by_task.items() if task in half}
            if kept:
                part.setdefault(budget, {})[engine] = kept
    return part


def _show_regrets(title: str, part: Part) -> None:
    names = dict.fromkeys(name for by_engine in part.values() for name in by_engine)
    rows = [
        [name, *(str(report.interval([*part[b][name].values()])) for b in sorted(part))]
        for name in names
    ]
    measuring.show(f"Regret, {title}", ["", *(f"n={b}" for b in sorted(part))], rows)


def _show_ranks(title: str, part: Part) -> None:
    by_budget = {budget: report.ranks(part[budget]) for budget in sorted(part)}
    names = dict.fromkeys(name for found in by_budget.values() for name in found)
    rows = [
        [name, *(f"{found[name]:.2f}" if name in found else "-" for found in by_budget.values())]
        for name in names
    ]
    measuring.show(title.capitalize(), ["", *(f"n={b}" for b in by_budget)], rows)


def _show_kinds(
    table: Mapping[tuple[str, int, int], report.ByTask], every: Mapping[str, Task]
) -> None:
    kinds = list(dict.fromkeys(task.kind for task in every.values()))
    rows = []
    for (engine, pending, budget), by_task in table.items():
        if (pending, budget) == (1, 100):
            by_kind = [[r for task, r in by_task.items() if every[task].kind == k] for k in kinds]
            rows.append([engine, *(f"{fmean(each):.2f}" if each else "-" for each in by_kind)])
    measuring.show("Regret by kind, n=100, one by one", ["", *kinds], rows)


def _show_behind(table: Mapping[tuple[str, int, int], report.ByTask]) -> None:
    rows = []
    for (engine, pending, budget), by_task in sorted(table.items(), key=lambda row: row[0][1:]):
        ours = table.get((OURS, pending, budget))
        if ours is not None and engine != OURS:
            how = "one by one" if pending == 1 else f"{pending} at a time"
            rows.append([engine, how, f"n={budget}", str(report.behind(ours, by_task))])
    measuring.show("By how much sweepcli's regret is above that of", ["", "", "", ""], rows)


if __name__ == "__main__":
    main()
