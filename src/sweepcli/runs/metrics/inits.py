"""The several `init()` of one attempt: how they describe it, which finished, which share steps.

An attempt may hold several runs as W&B understands it: one after another, as for folds, or side
by side, as in the ranks of a training on several GPUs. Each begins with an event `init`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli import wire

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sweepcli.about import Description
    from sweepcli.records import JSON
    from sweepcli.wire import Event

CODES = 256  # a negative code is what the system makes of it: -1 is 255
LARGEST = 2**31 - 1
MOST_STEPS = 1000  # steps that are remembered: folds and ranks begin at the same ones


class Finishes:
    """Which `init()` have begun and which have said `finish` so far, and with what code."""

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


class Descriptions:
    """What the `init()` of an attempt say of the run; what was said last counts."""

    def __init__(self, before: Description) -> None:
        self.last = before
        self._init: object = None

    def add(self, event: Mapping[str, JSON], init: str | None) -> None:
        """Take note of an `init` event. Of another `init()` only what it says is taken."""
        from sweepcli import about  # noqa: PLC0415 -- for scripts that call `init()` alone

        name, notes, tags = about.said_by_script(event)
        last_name, last_notes, last_tags = self.last
        is_same = init is not None and init == self._init
        self._init = init
        tags = tags if tags or is_same else last_tags
        self.last = (name or last_name, notes or last_notes, tags)


class SharedSteps:
    """Counts the series of values that share steps.

    Rows that do not say of which `init()` they are begin a new series with an `init` event, or
    where their steps go back.
    """

    def __init__(self) -> None:
        self._first_at: dict[int, str] = {}  # step -> the series that has it
        self._sharing = dict[str, bool]()  # whether each of them says its `init()`
        self._last: int | None = None  # step of a row that does not say it
        self._begun = 0

    @property
    def count(self) -> int:
        """How many series share steps."""
        return len(self._sharing)

    @property
    def are_apart(self) -> bool:
        """Whether all of them can be told apart."""
        return all(self._sharing.values())

    def begin(self) -> None:
        """Take note of an `init()` that does not say which it is."""
        self._begun += 1
        self._last = None

    def add(self, step: int, init: str | None) -> None:
        """Add the step of a value."""
        if init is None:
            self._begun += self._last is not None and step < self._last
            self._last = step
        series = init or f"#{self._begun}"
        known = self._first_at.get(step)
        if known is None and len(self._first_at) < MOST_STEPS:
            self._first_at[step] = series
        elif known is not None and known != series:
            self._sharing |= {each: not each.startswith("#") for each in (known, series)}


def _as_exit_code(code: int) -> int:
    return int(code) if 0 <= code <= LARGEST else code % CODES or 1


def _hashable(value: object) -> object:
    return value if isinstance(value, str | int) else None
