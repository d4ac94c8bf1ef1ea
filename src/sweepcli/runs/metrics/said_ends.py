"""What the scripts of one attempt say of their ends: which have said `finish`, and with what code.

An attempt may hold several runs as W&B understands it: one after another, as for folds, or side
by side, as in the ranks of a training on several GPUs. Each begins with an event `init`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli import wire

if TYPE_CHECKING:
    from sweepcli.wire import Event

CODES = 256  # a negative code is what the system makes of it: -1 is 255
LARGEST = 2**31 - 1


class SaidEnds:
    """The beginnings and ends that one attempt has logged so far."""

    def __init__(self) -> None:
        self.exit_code: int | None = None  # the last one that a `finish` gave
        self._open = set[tuple[object, object]]()
        self._is_said = False

    @property
    def are_all_said(self) -> bool:
        """Whether the attempt has said `finish`, and everything in it that began."""
        return self._is_said and not self._open

    def add(self, kind: object, event: Event, origin: object) -> None:
        """Take note of an event, if it is a beginning or an end; `origin` names its log."""
        key = (_hashable(origin), _hashable(event.get(wire.INIT)))
        if kind == "init":
            self._open.add(key)
        elif kind == "finish":
            self._open.discard(key)
            self._is_said = True
            code = event.get("exit_code")
            if isinstance(code, int):
                self.exit_code = _as_exit_code(code)


def _as_exit_code(code: int) -> int:
    return int(code) if 0 <= code <= LARGEST else code % CODES or 1


def _hashable(value: object) -> object:
    return value if isinstance(value, str | int) else None
