"""The installed commands as people start them, and what has become of their runs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager

from command_lines import Answer
from sweepcli import env, stores
from sweepcli.records import Run, RunState
from sweepcli.stores import location
from sweepcli.sweep_config import load
from sweepcli.sweeps.create import create_sweep
from terminals import Terminal, on_terminal

SCRIPTS = os.path.dirname(sys.executable)
SWEEP = os.path.join(SCRIPTS, "sweep")


def environment(**more: str) -> dict[str, str]:
    """Return an environment in which the installed commands are found first."""
    return {**os.environ, "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}", **more}


@contextmanager
def shown(
    script: str, *, columns: int = 80, rows: int = 24, term: str = "xterm"
) -> Iterator[tuple[Terminal, subprocess.Popen[bytes]]]:
    """Run a script in bash that has a terminal of its own."""
    environ = environment(TERM=term, PYTHONUTF8="1")
    with on_terminal(["bash", "-c", script], environ, columns=columns, rows=rows) as both:
        yield both


def sweep(*words: str, **environ: str) -> Answer:
    """Call the installed `sweep`, with more in its environment."""
    done = subprocess.run(
        [SWEEP, *words],
        check=False,
        capture_output=True,
        env={**os.environ, **environ},
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=100,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


def created(config: str, results: str | None = None, *, store: str | None = None) -> str:
    """Create a sweep, and return its path."""
    with open("sweep.yaml", "w", encoding="utf-8") as file:
        file.write(config)
    here = location.here()
    results = results or here.results
    with closing(stores.open_store(store or here.store or results)) as opened:
        loaded = load.load(config, "sweep.yaml")
        made = create_sweep(opened, loaded, results=results, entity="me", project="demo")
    return made.path


def runs(path: str, results: str = "sweep-results") -> list[Run]:
    """Return the runs of a sweep."""
    with closing(stores.open_existing(env.store() or os.path.abspath(results))) as store:
        return store.runs(path.rpartition("/")[2])


def endings(run: Run, results: str = "sweep-results") -> dict[RunState, int]:
    """Return how often the attempts at a run have ended in which state."""
    with closing(stores.open_existing(env.store() or os.path.abspath(results))) as store:
        return store.endings(run._replace(attempt=run.attempt + 1))
