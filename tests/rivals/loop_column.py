"""What a loop of the shell does: GNU's `xargs`, which runs several programs at a time."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import comparison
from comparison import Cell, Column

from support import until

TOOL = "`xargs -P`"


def needs_nothing(folder: Path) -> None:
    said = comparison.output(["sh", "-c", "seq 3 | xargs -n1 echo tried"], folder)
    assert said.splitlines() == ["tried 1", "tried 2", "tried 3"]


def shows_what_is_printed(folder: Path) -> None:
    (folder / "train.py").write_text(comparison.PRINTING)
    line = "echo 0.1 0.01 | xargs -n1 python train.py --lr"
    assert comparison.output(["sh", "-c", line], folder) == "loss: 1.000\nloss: 0.000\n"


def tries_each_once(folder: Path) -> None:
    line = f"seq 40 | xargs -P{comparison.WORKERS} -n1 echo"
    said = comparison.output(["sh", "-c", line], folder)
    assert sorted(map(int, said.split())) == list(range(1, 41))


def leaves_its_runs_and_loses_the_rest(folder: Path) -> None:
    (folder / "wait.py").write_text(comparison.WAITING)
    (folder / "cells").write_text("1\n2\n3\n4\n")
    with (folder / "cells").open() as cells:
        loop = subprocess.Popen(
            ["xargs", "-P2", "-n1", "python", "wait.py"],
            stdin=cells,
            cwd=folder,
            env=comparison.environment(folder),
        )
    until(lambda: len(comparison.lines(folder / "started")) == 2)
    loop.send_signal(signal.SIGKILL)
    loop.wait()
    (folder / "go").touch()
    until(lambda: len(comparison.lines(folder / "ended")) == 2)
    assert len(comparison.lines(folder / "started")) == 2


def knows_only_what_it_is_given(folder: Path) -> None:
    said = comparison.output(["xargs", "--help"], folder).lower()
    assert not [word for word in ("metric", "search", "host", "ssh") if word in said]


def numbers_its_slots(folder: Path) -> None:
    line = "seq 8 | xargs -P4 -n1 --process-slot-var=CUDA_VISIBLE_DEVICES "
    said = comparison.output(["sh", "-c", f"{line} sh -c 'echo $CUDA_VISIBLE_DEVICES'"], folder)
    assert set(said.split()) <= {"0", "1", "2", "3"}
    assert len(said.split()) == 8


def starts_the_next_at_once(folder: Path) -> None:
    begin = time.monotonic()
    comparison.output(["sh", "-c", "seq 200 | xargs -n1 true"], folder)
    assert (time.monotonic() - begin) / 200 < 0.01


COLUMN: Column = {
    comparison.NEEDS: Cell("none", needs_nothing),
    comparison.WRITE: Cell("one line", needs_nothing),
    comparison.PRINTS: Cell("you read it", shows_what_is_printed),
    comparison.EIGHT: Cell("each cell once", tries_each_once),
    comparison.KILL: Cell("the runs go on, the rest is lost", leaves_its_runs_and_loses_the_rest),
    comparison.SEARCH: Cell("neither", knows_only_what_it_is_given),
    comparison.GPUS: Cell("`--process-slot-var`", numbers_its_slots),
    comparison.MACHINES: Cell("no", knows_only_what_it_is_given),
    comparison.NEXT: Cell("1 ms", starts_the_next_at_once),
}
