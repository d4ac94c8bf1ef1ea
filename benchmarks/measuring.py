"""Measures commands and functions in turn, and prints what came out.

Machines are noisy: a figure counts beside another one that was measured in the same minute,
each a median over the same rounds.
"""

from __future__ import annotations

import os
import resource
import time
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

QUIET = [
    (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
    (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
    (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
]


@dataclass(frozen=True, slots=True)
class Usage:
    """What something took; the CPU time is that of a process and all it waited for."""

    wall_s: float
    cpu_s: float

    def __sub__(self, other: Usage) -> Usage:
        return Usage(self.wall_s - other.wall_s, self.cpu_s - other.cpu_s)

    def __truediv__(self, parts: float) -> Usage:
        return Usage(self.wall_s / parts, self.cpu_s / parts)


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number and what it must not pass."""

    name: str
    measured: float
    limit: float
    unit: str
    is_minimum: bool = False

    @property
    def is_met(self) -> bool:
        """Whether the number is on the right side of its limit."""
        if self.is_minimum:
            return self.measured >= self.limit
        return self.measured <= self.limit

    def row(self) -> list[str]:
        """Return the figure as a row: name, measured, limit, verdict."""
        bound = "≥" if self.is_minimum else "≤"
        verdict = "ok" if self.is_met else "OVER"
        return [
            self.name,
            f"{self.measured:,.2f} {self.unit}",
            f"{bound} {self.limit:,g} {self.unit}",
            verdict,
        ]


def command(argv: Sequence[str], environ: Mapping[str, str] | None = None) -> Usage:
    """Run a command without its output; raise RuntimeError if it fails."""
    begin = time.perf_counter()
    pid = os.posix_spawnp(argv[0], list(argv), dict(environ or os.environ), file_actions=QUIET)
    _, status, used = os.wait4(pid, 0)
    wall_s = time.perf_counter() - begin
    if status:
        raise RuntimeError(f"{' '.join(argv)}: exit code {os.waitstatus_to_exitcode(status)}")
    return Usage(wall_s, used.ru_utime + used.ru_stime)


def call(function: Callable[[], object]) -> Usage:
    """Run a function in this process."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    begin = time.perf_counter()
    function()
    wall_s = time.perf_counter() - begin
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Usage(wall_s, cpu_s)


def in_turn(measures: Mapping[str, Callable[[], Usage]], *, rounds: int) -> dict[str, Usage]:
    """Measure A B A B …, and return the medians of each."""
    found: dict[str, list[Usage]] = {name: [] for name in measures}
    for _ in range(rounds):
        for name, measure in measures.items():
            found[name].append(measure())
    return {
        name: Usage(median(u.wall_s for u in all_), median(u.cpu_s for u in all_))
        for name, all_ in found.items()
    }


def milliseconds(usage: Usage) -> list[str]:
    """Return wall and CPU time as two cells."""
    return [f"{usage.wall_s * 1e3:.2f}", f"{usage.cpu_s * 1e3:.2f}"]


def ratio(usage: Usage, floor: Usage) -> str:
    """Return how many times the floor's wall time this took, as a cell."""
    return f"{usage.wall_s / floor.wall_s:.2f} x"


def show(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table, numbers to the right."""
    table = [list(headings), *map(list, rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    print(f"\n{title}")
    for row in table:
        cells = [
            cell.rjust(width) if at else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  " + "  ".join(cells).rstrip())
