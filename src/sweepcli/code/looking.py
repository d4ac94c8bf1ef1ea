"""A look at the code and the environment of runs, in a process of its own that nobody waits for.

It reads thousands of files, and asks git: an agent that did so itself would see neither signals nor
the ends of its runs. What it says is checked; whatever becomes of it, an agent goes on.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import regular_files

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sweepcli.code.place import Place
    from sweepcli.records import JSON

PROGRAM = (sys.executable, "-P", "-m", "sweepcli.code.look")
LONGEST_S = 300.0  # a look that takes longer is ended
MOST_SAID = 8 << 20  # bytes
REAP_S = 0.1  # how long a look that was killed may take to go; the system takes microseconds
# Python ignores the first two, and programs behind a script's `&` the others.
RESET_SIGNALS = [
    *(signal.SIGPIPE, signal.SIGXFSZ),
    *(signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGUSR1),
]
SELECTABLE = 1024  # `select` takes smaller descriptors alone
_GARBAGE = (ValueError, LookupError, TypeError, AttributeError, RecursionError, OverflowError)


class Stamp(NamedTuple):
    """What `stat` says of a file or a folder: another content has another one."""

    path: str
    mtime_ns: int
    ctime_ns: int
    size: int
    inode: int


class Look(NamedTuple):
    """What a look found."""

    code: str | None  # ids of what is kept, as is the next
    environment: str | None
    watch: tuple[Stamp, ...]  # the files that changed last, and folders of packages
    is_all: bool  # whether those are all files of the code
    changed: tuple[tuple[str, float | None], ...]  # against an earlier look; and when, if known
    problem: str | None  # for people
    seconds: float
    begun_at: float  # seconds since the epoch


class LookError(Exception):
    """A look that said nothing of use, and why."""


def kept(place: Place) -> Look | None:
    """Return what a look has found last of a place, by whomever it was asked."""
    try:
        said = json.loads(regular_files.content(place.last_look))
        return _parsed(said, os.stat(place.last_look).st_mtime - float(said["seconds"]))
    except (OSError, *_GARBAGE):
        return None


def understood(said: bytes, begun_at: float) -> Look:
    """Return what a look has said in its last line; raise LookError for anything else."""
    last = said.decode("utf-8", "replace").strip().rpartition("\n")[2]
    try:
        return _parsed(json.loads(last), begun_at)
    except _GARBAGE as error:
        raise LookError(last[:200] if last else "it said nothing") from error


def _parsed(found: JSON, begun_at: float) -> Look:
    """Return what a look has said; raise one of _GARBAGE."""
    return Look(
        code=_text(found["code"]),
        environment=_text(found["environment"]),
        watch=tuple(Stamp(str(path), *map(int, rest)) for path, *rest in found["watch"]),
        is_all=found["is_all"] is True,
        changed=tuple((str(path), _seconds(at)) for path, at in found["changed"]),
        problem=_text(found["problem"]),
        seconds=float(found["seconds"]),
        begun_at=begun_at,
    )


def _text(value: JSON) -> str | None:
    if not (value is None or isinstance(value, str)):
        raise TypeError(value)
    return value


def _seconds(ns: JSON) -> float | None:
    return None if ns is None else int(ns) / 1e9


class Looking:
    """A look at work. Its process leads a group, which ends with it."""

    def __init__(self, place: Place, before: str | None, environ: Mapping[str, str]) -> None:
        """Start it; `changed` will be against the version `before`. Raises LookError."""
        self.begun_at = time.time()
        self._ends_at = time.monotonic() + LONGEST_S
        self._said = b""
        self._pid = 0
        request = json.dumps({"place": place.to_json(), "before": before}).encode()
        fds = list[int]()
        try:
            fds += (*os.pipe(), *os.pipe())
            asked_fd, ask_fd, self._fd, say_fd = fds
            os.set_blocking(ask_fd, False)
            os.set_blocking(self._fd, False)
            if os.write(ask_fd, request) < len(request):
                raise LookError("the config names too many files")
            self._pid = _started(asked_fd, say_fd, environ)
        except (OSError, ValueError) as error:
            raise LookError(str(error)) from error
        finally:
            for fd in fds if not self._pid else (asked_fd, ask_fd, say_fd):
                os.close(fd)

    @property
    def reads(self) -> list[int]:
        """The descriptor from which `found` may have something to read."""
        return [self._fd] if 0 <= self._fd < SELECTABLE else []

    def found(self) -> Look | None:
        """Return what it found, None as long as it is at work; raise LookError if it failed."""
        try:
            while piece := os.read(self._fd, 1 << 16):
                self._said += piece
                if len(self._said) > MOST_SAID:
                    raise LookError("it said too much")
        except BlockingIOError:
            if time.monotonic() < self._ends_at:
                return None
            raise LookError(f"it was not done after {LONGEST_S:g} s") from None
        except OSError as error:
            raise LookError(str(error)) from error
        return understood(self._said, self.begun_at)

    def wait(self, timeout_s: float) -> Look | None:
        """Return what it finds within a time, else None; raise LookError if it fails."""
        until = time.monotonic() + timeout_s
        while (found := self.found()) is None and (now := time.monotonic()) < until:
            left = min(until, self._ends_at) - now if self.reads else 0.01
            select.select(self.reads, [], [], max(left, 0.0))
        return found

    def end(self) -> None:
        """End it, whatever it does, and forget it."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._pid, signal.SIGKILL)
        self.leave()
        until = time.monotonic() + REAP_S
        with suppress(ChildProcessError):  # somebody else has asked for all children
            while not os.waitpid(self._pid, os.WNOHANG)[0] and time.monotonic() < until:
                time.sleep(0.001)

    def leave(self) -> None:
        """Let it work on alone: what it finds is kept for the next to ask."""
        if self._fd >= 0:
            os.close(self._fd)
        self._fd = -1


def _started(asked_fd: int, say_fd: int, environ: Mapping[str, str]) -> int:
    return os.posix_spawn(
        PROGRAM[0],
        PROGRAM,
        dict(environ),
        file_actions=[
            (os.POSIX_SPAWN_DUP2, asked_fd, 0),
            (os.POSIX_SPAWN_DUP2, say_fd, 1),
            (os.POSIX_SPAWN_DUP2, say_fd, 2),
        ],
        setpgroup=0,
        setsigmask=[],
        setsigdef=RESET_SIGNALS,
    )
