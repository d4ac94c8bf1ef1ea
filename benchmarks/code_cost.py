"""What it costs to record the code of runs: beside `code: off`, in a small and a large repository.

`python -m benchmarks.code_cost`. A run costs what `run_cost` measures, the slope between two
numbers of runs of an empty program; a file of the tree stays as it is, or changes all the time.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from contextlib import chdir, contextmanager
from statistics import median
from typing import TYPE_CHECKING

from benchmarks import measuring, programs
from benchmarks.measuring import Figure, Usage
from sweepcli import folders

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FEW, MANY = 20, 220
ROUNDS = 3
SIZES = {"small": 20, "large": 50_000}  # files
EDITS_EACH_S = 0.5
FILES_IN_FOLDER = 500
HEADINGS = ["", "wall, ms", "CPU, ms", "wall over off, µs", "ratio"]


def main() -> list[Figure]:
    """Measure and print what recorded code costs."""
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        empty, clock = programs.empty(folder), programs.clock(folder)
        for size, files in SIZES.items():
            with chdir(_repository(folder, size, files)):
                slopes = _slopes(empty, folder)
                starts = _first_starts(clock, folder)
            _show(size, files, slopes, starts)
            over = (slopes["unchanged"] - slopes["off"]).cpu_s  # of the agent, runs and looks
            figures += [
                Figure(f"a run with its code recorded, {size}", over * 1e3, 0.2, "ms"),
                Figure(f"first start, {size}, over off", starts["on"] / starts["off"], 1.3, "x"),
            ]
    return figures


def _repository(folder: str, name: str, files: int) -> str:
    """Make a git repository of so many files, all committed."""
    top = os.path.join(folder, name)
    for number in range(files):
        inside = os.path.join(top, f"part{number // FILES_IN_FOLDER}")
        os.makedirs(inside, exist_ok=True)
        with open(os.path.join(inside, f"module{number}.py"), "w", encoding="ascii") as file:
            file.write(f"NUMBER = {number}\n")
    settings = ("-c", "user.name=benchmark", "-c", "user.email=benchmark@example.org")
    for words in (["init", "-q"], ["add", "."], [*settings, "commit", "-qm", "all"]):
        subprocess.run(["git", *words], cwd=top, check=True, stdin=subprocess.DEVNULL)
    return top


def _slopes(program: Sequence[str], folder: str) -> dict[str, Usage]:
    return measuring.in_turn(
        {
            "off": lambda: _slope(program, folder, is_recorded=False),
            "unchanged": lambda: _slope(program, folder),
            "changed": lambda: _slope_while_edited(program, folder),
        },
        rounds=ROUNDS,
    )


def _slope_while_edited(program: Sequence[str], folder: str) -> Usage:
    with _edited():
        return _slope(program, folder)


def _slope(program: Sequence[str], folder: str, *, is_recorded: bool = True) -> Usage:
    few = _agent(program, FEW, folder, is_recorded=is_recorded)
    return (_agent(program, MANY, folder, is_recorded=is_recorded) - few) / (MANY - FEW)


def _agent(program: Sequence[str], count: int, folder: str, *, is_recorded: bool) -> Usage:
    results = tempfile.mkdtemp(dir=folder)
    code = True if is_recorded else "off"
    sweep = programs.new_sweep(results, [*program, "${args}"], code=code)
    if is_recorded:
        _wait_for_look(results)
    argv = [programs.installed("agent"), "--quiet", "--count", str(count), sweep.path]
    return measuring.command(argv, programs.environment(results))


def _wait_for_look(results: str) -> None:
    """Return once the look at a sweep's creation is over, also if that has not waited for it."""
    kept = os.path.join(results, folders.CODE, "last")
    while not (
        os.path.isdir(kept) and any(not name.startswith("python-") for name in os.listdir(kept))
    ):
        time.sleep(0.01)


@contextmanager
def _edited() -> Iterator[None]:
    """Let a file of the tree change all the time."""
    is_over = threading.Event()

    def edit() -> None:
        while not is_over.wait(EDITS_EACH_S):
            with open("part0/module0.py", "w", encoding="ascii") as file:
                file.write(f"NUMBER = {time.time()}\n")

    editor = threading.Thread(target=edit)
    editor.start()
    try:
        yield
    finally:
        is_over.set()
        editor.join()


def _first_starts(clock: Sequence[str], folder: str) -> dict[str, float]:
    """Return the seconds to the first program's start, of agents that know of no earlier look."""
    found: dict[str, list[float]] = {"off": [], "on": []}
    for _ in range(ROUNDS):
        found["off"].append(_first_start(clock, folder, is_recorded=False))
        found["on"].append(_first_start(clock, folder, is_recorded=True))
    return {name: median(values) for name, values in found.items()}


def _first_start(clock: Sequence[str], folder: str, *, is_recorded: bool) -> float:
    results = tempfile.mkdtemp(dir=folder)
    code = True if is_recorded else "off"
    sweep = programs.new_sweep(results, list(clock), code=code)
    if is_recorded:
        _wait_for_look(results)
        os.rename(os.path.join(results, folders.CODE), os.path.join(results, "of-creation"))
    return programs.first_start_s(results, sweep, "--quiet")


def _show(size: str, files: int, slopes: dict[str, Usage], starts: dict[str, float]) -> None:
    floor = slopes["off"]
    rows = [
        [
            name,
            *measuring.milliseconds(slope),
            f"{(slope - floor).wall_s * 1e6:.0f}",
            measuring.ratio(slope, floor),
        ]
        for name, slope in slopes.items()
    ]
    measuring.show(f"A run in a {size} repository, {files:,} files", HEADINGS, rows)
    rows = [
        [name, f"{starts[name] * 1e3:.1f}", f"{starts[name] / starts['off']:.2f} x"]
        for name in starts
    ]
    title = "From the command to the first program's start, no look before, ms"
    measuring.show(title, ["", "wall", "ratio"], rows)


if __name__ == "__main__":
    main()
