"""Programs that tests start as an agent does, with their output in the file `output`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from support import until
from sweepcli.runs import processes
from sweepcli.runs.launchers import Started


@contextmanager
def opened(path: str) -> Iterator[int]:
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND)
    yield fd
    os.close(fd)


def start(argv: Sequence[str], environ: Mapping[str, str] | None = None) -> processes.Process:
    with opened("output") as fd:
        return processes.start(argv, {"PATH": os.defpath} if environ is None else environ, fd)


def wait(started: Started) -> int:
    codes: list[int] = []

    def has_ended() -> bool:
        code = started.poll()
        codes.extend([] if code is None else [code])
        return bool(codes)

    until(has_ended)
    return codes[0]
