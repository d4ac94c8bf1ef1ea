"""What the tests of `sweep launch` share: the installed commands, and what has become of runs."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing

from command_lines import Answer
from sweepcli import env, stores
from sweepcli.records import Run, RunState

SCRIPTS = os.path.dirname(sys.executable)
SWEEP = os.path.join(SCRIPTS, "sweep")


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


def created(config: str, *words: str) -> str:
    """Create a sweep, and return its path."""
    with open("sweep.yaml", "w", encoding="utf-8") as file:
        file.write(config)
    answer = sweep("sweep.yaml", *words, SWEEPCLI_ENTITY="me", SWEEPCLI_PROJECT="demo")
    assert answer.code == 0, answer.err
    return answer.out.strip()


def runs(path: str, results: str = "sweep-results") -> list[Run]:
    """Return the runs of a sweep."""
    with closing(stores.open_existing(env.store() or os.path.abspath(results))) as store:
        return store.runs(path.rpartition("/")[2])


def endings(run: Run, results: str = "sweep-results") -> dict[RunState, int]:
    """Return how often the attempts at a run have ended in which state."""
    with closing(stores.open_existing(env.store() or os.path.abspath(results))) as store:
        return store.endings(run._replace(attempt=run.attempt + 1))
