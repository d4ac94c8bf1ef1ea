from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from sweepcli.records import Run


class UnreadRuns(Sequence[Run]):
    """So many runs, none of which may be read: the store would have to load them all."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int | slice) -> NoReturn:
        raise AssertionError(f"run {index} was read")
