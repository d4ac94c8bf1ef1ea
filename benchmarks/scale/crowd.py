"""Clients as processes that begin at the same moment, and the numbers that each comes back with."""

from __future__ import annotations

import os
import signal
import tempfile
import time
import traceback
from array import array
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol, Self

from benchmarks.scale import kinds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

READY, FAILED = b".", b"!"
PATIENCE_S = 60.0  # for clients that are asked to end


class Work(Protocol):
    """What a client does: it gets ready, waits for the others by `begin`, and works."""

    def __call__(self, index: int, begin: Callable[[], None]) -> Sequence[float]:
        """Return the numbers that are to be known."""


class Crowd:
    """Processes of one kind of work; none of them outlives the block."""

    def __init__(self, count: int, work: Work) -> None:
        self._work = work
        self._count = count
        self._pids: list[int] = []

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory()
        self._ready_read, self._ready_write = os.pipe()
        self._gate_read, self._gate = os.pipe()
        try:
            for index in range(self._count):
                self._pids.append(self._fork(index))
            self._wait_until_ready()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for pid in self._pids:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        self._pids.clear()
        for descriptor in (self._ready_read, self._ready_write, self._gate_read, self._gate):
            with suppress(OSError):  # closed before
                os.close(descriptor)
        self._folder.cleanup()

    def begin(self) -> float:
        """Let all of them begin; return when that was (seconds since the epoch)."""
        os.close(self._gate)
        return time.time()

    def found(self) -> list[list[float]]:
        """Wait for all to end; return what each has found."""
        while self._pids:
            pid = self._pids[-1]
            _, status = os.waitpid(pid, 0)
            self._pids.remove(pid)
            if status:
                raise RuntimeError(f"a client failed: {os.waitstatus_to_exitcode(status)}")
        return [self._read(index) for index in range(self._count)]

    def cpu_s(self) -> float:
        """Return the CPU time that they and what they started have taken."""
        return sum(kinds.cpu_s(pid, with_ended=True) for pid in self._pids)

    def end(self) -> None:
        """Ask all to end, as a person does, and wait for them."""
        for pid in self._pids:
            os.kill(pid, signal.SIGTERM)
        until = time.monotonic() + PATIENCE_S
        while self._pids and time.monotonic() < until:
            self._pids = [pid for pid in self._pids if not os.waitpid(pid, os.WNOHANG)[0]]
            time.sleep(0.05)

    def _fork(self, index: int) -> int:
        pid = os.fork()
        if pid:
            return pid
        code = 1
        try:
            os.close(self._gate)
            found = self._work(index, self._be_ready)
            with open(self._path(index), "wb") as file:
                array("d", found).tofile(file)
            code = 0
        except BaseException:  # noqa: BLE001 -- told, and nothing else of the parent's is run here
            traceback.print_exc()
            os.write(self._ready_write, FAILED)
        finally:
            os._exit(code)

    def _be_ready(self) -> None:
        os.write(self._ready_write, READY)
        os.read(self._gate_read, 1)  # nothing comes; it ends when all may begin

    def _wait_until_ready(self) -> None:
        for _ in self._pids:
            if os.read(self._ready_read, 1) == FAILED:
                raise RuntimeError("a client failed before it could begin")

    def _path(self, index: int) -> str:
        return os.path.join(self._folder.name, str(index))

    def _read(self, index: int) -> list[float]:
        found = array("d")
        with open(self._path(index), "rb") as file:
            found.frombytes(file.read())
        return list(found)


def at_once(count: int, work: Work) -> list[list[float]]:
    """Let so many clients work until they are done; return what each has found."""
    with Crowd(count, work) as crowd:
        crowd.begin()
        return crowd.found()
