"""What mlsweep does, with a manager of its own on this machine.

There are no GPUs: CUDA_VISIBLE_DEVICES says how many its worker has.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import comparison
import psutil
from comparison import Cell, Column

from postgres_server import free_port
from support import until

VERSION = "3.2.0"
TOOL = "mlsweep 3.2"
SWEEP = """\
COMMAND = {command}
METRIC = "loss"
OPTIONS = {{".x": {{"values": {values}, "flags": "--lr", "name": "x"}}}}
"""


class Manager:
    """mlsweep's own server, and its worker."""

    def __init__(self, folder: Path, gpus: int) -> None:
        self._programs = comparison.installed("mlsweep") / "bin"
        self._folder = folder
        self._environ = comparison.environment(
            folder,
            MLSWEEP_DIR=str(folder / "mlsweep"),
            MLSWEEP_SCRATCH_DIR=str(folder / "scratch"),
            MLSWEEP_AUTO_ENV="0",
            PYTHONUNBUFFERED="1",
            MLSWEEP_MANAGER=f"http://localhost:{free_port()}",
            CUDA_VISIBLE_DEVICES=",".join(map(str, range(gpus))),
        )

    def start(self) -> subprocess.Popen[bytes]:
        """Start it."""
        port = self._environ["MLSWEEP_MANAGER"].rpartition(":")[2]
        argv = [str(self._programs / "mlsweep_manager"), "--port", port]
        with (self._folder / "log").open("wb") as log:
            return subprocess.Popen(
                argv, cwd=self._folder, env=self._environ, stdout=log, stderr=log
            )

    def has_its_worker(self) -> bool:
        return "OK    localhost" in "\n".join(comparison.lines(self._folder / "log"))

    def say(self, *words: str) -> str:
        """Return what its command says."""
        return comparison.output(
            [str(self._programs / "mlsweep"), *words], self._folder, self._environ
        )

    def submit(self, command: Sequence[str], values: Sequence[object], *options: str) -> str:
        """Submit a sweep, which is named e."""
        text = SWEEP.format(command=json.dumps(list(command)), values=json.dumps(list(values)))
        (self._folder / "own.py").write_text(text)
        where = ("--manager", self._environ["MLSWEEP_MANAGER"], "--experiment", "e")
        return self.say("run", "own.py", *where, *options)


@contextmanager
def manager(folder: Path, gpus: int = comparison.WORKERS) -> Iterator[Manager]:
    """Run a manager with a worker that has so many GPUs."""
    found = Manager(folder, gpus)
    process = found.start()
    try:
        until(found.has_its_worker)
        yield found
    finally:
        children = psutil.Process(process.pid).children(recursive=True)
        process.terminate()
        process.wait(60)
        for child in psutil.wait_procs(children, timeout=10)[1]:
            child.kill()


def needs_a_manager(folder: Path) -> None:
    said = Manager(folder, 1).submit(["true"], [1], "--token", "none")
    assert "cannot reach manager" in said


def takes_a_file_and_logs(folder: Path) -> None:
    script = "from mlsweep.logger import MLSweepLogger\nMLSweepLogger().log({'loss': 0.25})\n"
    (folder / "train.py").write_text(script)
    python = str(comparison.installed("mlsweep") / "bin/python")
    with manager(folder, 1) as found:
        found.submit([python, str(folder / "train.py")], [0.1], "--stream")
        assert "0.25" in found.say("best", "--experiment", "e")


def runs_without_a_metric(folder: Path) -> None:
    (folder / "train.py").write_text(comparison.PRINTING)
    with manager(folder) as found:
        assert "2 OK" in found.submit(["python", "train.py"], [0.1, 0.01], "--stream")
        assert "no completed runs with a metric value" in found.say("best", "--experiment", "e")


def tries_each_once(folder: Path) -> None:
    tried = folder / "tried"
    with manager(folder) as found:
        command = ["sh", "-c", f'echo "$2" >> {tried}', "sh"]
        assert "40 OK" in found.submit(command, range(40), "--stream")
    assert sorted(map(int, comparison.lines(tried))) == list(range(40))


def makes_its_run_again_beside_the_first(folder: Path) -> None:
    (folder / "wait.py").write_text(comparison.WAITING)
    with manager(folder) as found:
        found.submit(["python", str(folder / "wait.py")], [1])
        until(lambda: comparison.lines(folder / "started"))
        [worker] = [
            process.pid
            for process in psutil.process_iter(["cmdline", "environ"])
            if "mlsweep.worker" in (process.info["cmdline"] or ())
            and str(folder) in " ".join(process.info["cmdline"])
        ]
        os.kill(worker, signal.SIGKILL)
        until(lambda: len(comparison.lines(folder / "started")) == 2)
        first, second = map(int, comparison.lines(folder / "started"))
        assert comparison.is_alive(first)
        assert comparison.is_alive(second)
        (folder / "go").touch()
        until(lambda: len(comparison.lines(folder / "ended")) == 2)


def learns_and_lets_runs_end(folder: Path) -> None:
    alone = Manager(folder, 1)
    page = alone.say("docs", "sweep_configuration")
    assert "OPTIMIZE" in page
    assert "TPE" in page
    everything = page + alone.say("docs") + alone.say("docs", "mlsweep")
    assert not [word for word in ("prun", "hyperband", "early stop") if word in everything.lower()]


def takes_all_gpus(folder: Path) -> None:
    gpus = folder / "gpus"
    with manager(folder, 3) as found:
        command = ["sh", "-c", f"echo $CUDA_VISIBLE_DEVICES >> {gpus}; sleep 0.5", "sh"]
        assert "3 OK" in found.submit(command, range(3), "--stream")
    assert sorted(comparison.lines(gpus)) == ["0", "1", "2"]


def says_that_it_uses_ssh(folder: Path) -> None:
    page = " ".join(Manager(folder, 1).say("docs").split())
    assert "The manager installs mlsweep on remote machines automatically over SSH" in page
    assert "Your code is uploaded with each sweep." in page


def takes_tens_of_milliseconds(folder: Path) -> None:
    times = folder / "times"
    with manager(folder, 1) as found:
        found.submit(["sh", "-c", f"date +%s.%N >> {times}", "sh"], range(20), "--stream")
    assert 0.005 < comparison.median_pause([float(line) for line in comparison.lines(times)]) < 0.5


COLUMN: Column = {
    comparison.NEEDS: Cell("a server of your own", needs_a_manager),
    comparison.WRITE: Cell("Python, and `logger.log()`", takes_a_file_and_logs),
    comparison.PRINTS: Cell("runs, without a metric", runs_without_a_metric),
    comparison.EIGHT: Cell("each cell once", tries_each_once),
    comparison.KILL: Cell("run again, beside the first", makes_its_run_again_beside_the_first),
    comparison.SEARCH: Cell("learns (Optuna's TPE)", learns_and_lets_runs_end),
    comparison.GPUS: Cell("`mlsweep manager`", takes_all_gpus),
    comparison.MACHINES: Cell("by ssh, with your code¹", says_that_it_uses_ssh),
    comparison.NEXT: Cell("tens of ms", takes_tens_of_milliseconds),
}
