"""Programs that tests start as an agent does, with their output in the file `output`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from support import until
from sweepcli.runs import processes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def start(argv: Sequence[str], environ: Mapping[str, str] | None = None) -> processes.Process:
    fd = os.open("output", os.O_RDWR | os.O_CREAT | os.O_APPEND)
    try:
        return processes.start(argv, {"PATH": os.defpath} if environ is None else environ, fd)
    finally:
        os.close(fd)


def wait(process: processes.Process) -> int:
    codes: list[int] = []

    def has_ended() -> bool:
        code = process.poll()
        codes.extend([] if code is None else [code])
        return bool(codes)

    until(has_ended)
    return codes[0]
