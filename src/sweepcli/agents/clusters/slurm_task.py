"""The SLURM task that an agent is in, and how it gets back into the queue."""

from __future__ import annotations

import signal
import subprocess
from typing import TYPE_CHECKING

from sweepcli.messages import say, warn

if TYPE_CHECKING:
    from collections.abc import Mapping

PATIENCE_S = 60.0  # for a controller that is busy; SLURM kills the task soon anyway


def name(environ: Mapping[str, str]) -> str | None:
    """Return the task's name for SLURM's commands; None outside of SLURM."""
    array, index = environ.get("SLURM_ARRAY_JOB_ID"), environ.get("SLURM_ARRAY_TASK_ID")
    return f"{array}_{index}" if array and index else environ.get("SLURM_JOB_ID") or None


def requeue(environ: Mapping[str, str]) -> None:
    """Put this process's own task back into the queue, and say so; the last act of an agent."""
    task = name(environ)
    if task is None:
        return
    # SLURM answers by sending SIGTERM to all of the task: to us, and to scontrol, which has done
    # its work by then and would pass for failed. What is ignored here is ignored there as well.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    say(f"SLURM task {task} is at its time limit and work is left: putting it back in the queue")
    if why := _refused(task):
        warn(f"task {task} is not back in the queue: {why}")


def _refused(task: str) -> str:
    """Ask SLURM to requeue a task, and return why that failed; empty if it did not."""
    try:
        done = subprocess.run(
            ["scontrol", "requeue", task],
            check=False,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
        )
    except (OSError, subprocess.SubprocessError) as error:
        return f"scontrol: {error}"
    if not done.returncode:
        return ""
    return done.stderr.strip() or f"scontrol ended with exit code {done.returncode}"
