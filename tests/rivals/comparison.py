"""The README's table beside other tools: its rows and columns, and what a cell is."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from needed import lacking

# The rows.
NEEDS = "Account or server"
WRITE = "What you write"
PRINTS = "A script that only prints its loss"
EIGHT = "A grid by eight workers"
KILL = "`kill -9` of a worker"
SEARCH = "Search that learns; poor runs ended early"
GPUS = "All GPUs"
MACHINES = "Many machines"
NEXT = "From one run to the next"
ROWS = (NEEDS, WRITE, PRINTS, EIGHT, KILL, SEARCH, GPUS, MACHINES, NEXT)

WORKERS = 8


class Cell(NamedTuple):
    """The words of a cell, and what shows in an empty folder that they are true."""

    words: str
    check: Callable[[Path], None]


Column = Mapping[str, Cell]


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Return an environment without accounts and settings, whose home is a folder."""
    kept = {
        name: text
        for name, text in os.environ.items()
        if not name.startswith(("WANDB_", "SWEEPCLI_", "MLSWEEP_", "CUDA_", "PYTHON"))
    }
    path = f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ['PATH']}"
    return {**kept, "HOME": str(folder), "PATH": path, **more}


def answer(argv: Sequence[str], folder: Path, environ: Mapping[str, str]) -> str:
    """Return what a command that must succeed answers, in this folder."""
    return subprocess.run(
        argv,
        cwd=folder,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        timeout=100,
        check=True,
    ).stdout


def output(argv: Sequence[str], folder: Path, environ: Mapping[str, str] | None = None) -> str:
    """Return all that a command says, in this folder."""
    return subprocess.run(
        argv,
        cwd=folder,
        env=environ or environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=100,
        check=False,
    ).stdout


def lines(path: Path) -> list[str]:
    """Return the lines of a file that may not be there yet."""
    return path.read_text("utf-8").splitlines() if path.exists() else []


def is_alive(pid: int) -> bool:
    """Return whether a process runs."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def median_pause(times: Sequence[float]) -> float:
    """Return the median time from one of several times to the next."""
    ordered = sorted(times)
    pauses = sorted(after - before for before, after in pairwise(ordered))
    return pauses[len(pauses) // 2]


def installed(name: str) -> Path:
    """Return the folder of a rival, which `make rivals` installs."""
    folder = Path(sys.prefix) / name
    if not folder.exists():
        lacking(f"{folder} is not there: `make rivals` installs it")
    return folder


# Its loss is least where lr is 0.01; what it prints is all that it says.
PRINTING = """
import argparse, math
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
print(f"loss: {abs(math.log10(parser.parse_args().lr) + 2):.3f}")
"""

# Says that it is there, and waits for leave to end; beside this script.
WAITING = """
import os, sys, time
os.chdir(os.path.dirname(os.path.abspath(__file__)))
with open("started", "a") as file: file.write(f"{os.getpid()}\\n")
while not os.path.exists("go"): time.sleep(0.02)
with open("ended", "a") as file: file.write(f"{os.getpid()}\\n")
"""
