"""One attempt at a run, from its folder and its process to its last logged line."""

from __future__ import annotations

import math
import os
import signal
import time
from typing import TYPE_CHECKING

from sweepcli import env, folders
from sweepcli.errors import LaunchError
from sweepcli.launchers import local
from sweepcli.metrics import complaints
from sweepcli.metrics.events import EventFile
from sweepcli.metrics.tally import Tally
from sweepcli.records import Ending, RunState
from sweepcli.sweep_config import command, paramfiles

if TYPE_CHECKING:
    from sweepcli.launchers.local import Process
    from sweepcli.records import Metric, Progress, Row, Run, Sweep, SweepConfig

OUTPUT_CHUNK = 1 << 20  # bytes of output shown at once
KILL_DELAY_S = 30.0  # from the first signal to SIGKILL; W&B's WANDB_AGENT_KILL_DELAY


class LiveRun:
    """A run whose process this agent watches over."""

    def __init__(
        self, run: Run, folder: str, metric: Metric | None, process: Process, output_fd: int
    ) -> None:
        self.run = run
        self._metric = metric
        self._events = EventFile(os.path.join(folder, folders.EVENTS))
        self._tally = Tally(metric)
        self._process = process
        self._output_fd = output_fd
        self._shown = 0  # bytes of output
        self._ended_because: str | None = None
        self._kill_at = math.inf  # monotonic

    @property
    def is_ending(self) -> bool:
        """Whether the agent has told the run to end."""
        return self._ended_because is not None

    def poll(self) -> int | None:
        """Return the exit code once the process has ended; negative for a signal."""
        return self._process.poll()

    def end(self, number: int, because: str) -> None:
        """Send a signal to the run's whole group, and remember why."""
        if not self.is_ending:
            self._ended_because = because
            self._kill_at = time.monotonic() + KILL_DELAY_S
        self._process.send(number)

    def kill_if_overdue(self) -> None:
        """Kill a run that was told to end and has not done so in time."""
        if time.monotonic() >= self._kill_at:
            self._process.send(signal.SIGKILL)

    def collect(self, *, ended: bool = False) -> tuple[list[Row], Progress]:
        """Return what was logged since the last call, and what the run has shown so far."""
        rows = self._tally.add(self._events.drain(ended=ended))
        return rows, self._tally.progress

    def ending(self, exit_code: int) -> Ending:
        """Tell how the attempt ended."""
        at = time.time()
        if self._ended_because and exit_code != 0:
            return Ending(RunState.KILLED, exit_code, self._ended_because, at)
        if exit_code < 0:
            return Ending(RunState.CRASHED, exit_code, f"killed by {signal_name(-exit_code)}", at)
        if exit_code > 0:
            return Ending(RunState.FAILED, exit_code, f"exit code {exit_code}", at)
        return Ending(RunState.FINISHED, 0, None, at)

    def complaints(self, ending: Ending) -> list[str]:
        """Return what a person should know about what the run logged."""
        bad = complaints.about_bad_lines(self._events.path, self._events.bad_lines)
        missing = complaints.about_metric(self._metric, self._tally.progress)
        found = [bad, missing if ending.state is RunState.FINISHED else None]
        return [text for text in found if text]

    def new_output(self) -> bytes:
        """Return the next piece of output that was not returned before."""
        piece = os.pread(self._output_fd, OUTPUT_CHUNK, self._shown)
        self._shown += len(piece)
        return piece

    def close(self) -> None:
        """Let go of the output file."""
        os.close(self._output_fd)


def launch(
    run: Run, sweep: Sweep, config: SweepConfig, *, results: str, interpreter: str
) -> tuple[LiveRun, list[str]]:
    """Make the attempt's folder and start the program; return the run and its command line.

    Raises LaunchError where the program cannot be started, ConfigError where its command
    line cannot be made.
    """
    folder = folders.attempt_folder(results, sweep, run.id, run.attempt)
    params_json = os.path.join(folder, folders.PARAMS_JSON)
    argv = command.argv(
        config.command,
        run.params,
        program=config.program,
        interpreter=interpreter,
        environ=os.environ,
        json_file=params_json,
    )
    try:
        os.makedirs(folder, exist_ok=True)
        _write(params_json, paramfiles.params_json(run.params))
        _write(os.path.join(folder, folders.PARAMS_YAML), paramfiles.wandb_yaml(run.params))
        output = os.path.join(folder, folders.OUTPUT)
        output_fd = os.open(output, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
    except OSError as error:
        raise LaunchError(f"cannot write the run's folder: {error}") from error
    try:
        process = local.start(argv, environment(run, sweep, folder, results), output_fd)
    except BaseException:
        os.close(output_fd)
        raise
    return LiveRun(run, folder, config.metric, process, output_fd), argv


def environment(run: Run, sweep: Sweep, folder: str, results: str) -> dict[str, str]:
    """Return the environment of a run: the agent's own, and what `env.SET` tells."""
    inherited = {
        "WANDB_MODE": "offline",
        "WANDB_DIR": folder,
        "PYTHONUNBUFFERED": "1",
        **os.environ,
    }
    inherited.pop("WANDB_SERVICE", None)  # another process's; W&B's agent drops it too
    stale = [name for name in inherited if name.startswith(env.PARAM_PREFIX)]
    for name in stale:
        del inherited[name]
    return {
        **inherited,
        env.DIR: results,
        env.ENTITY: sweep.entity,
        env.PROJECT: sweep.project,
        env.SWEEP_ID: sweep.id,
        env.RUN_ID: run.id,
        env.ATTEMPT: str(run.attempt),
        env.RUN_DIR: folder,
        env.EVENTS: os.path.join(folder, folders.EVENTS),
        env.PARAMS_FILE: os.path.join(folder, folders.PARAMS_JSON),
        "WANDB_SWEEP_ID": sweep.id,
        "WANDB_RUN_ID": run.id,
        "WANDB_SWEEP_PARAM_PATH": os.path.join(folder, folders.PARAMS_YAML),
        "WANDB_ENTITY": sweep.entity,
        "WANDB_PROJECT": sweep.project,
        **paramfiles.environment(run.params),
    }


def _write(path: str, text: str) -> None:
    """Write a file of an attempt's own folder, which nobody reads before the program starts."""
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def signal_name(number: int) -> str:
    """Return a signal's name, or its number where it has none."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
