"""The transaction log of W&B's own package, `run-RUNID.wandb`, read as events.

The log is a sequence of `wandb_internal.Record` messages; the numbers below are those of its
fields, the same from wandb 0.16 to 0.31. Unknown records and fields are skipped.
"""

from __future__ import annotations

import copy
import struct
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import wire
from sweepcli.runs.metrics.wandb_records import LogRecords, fields

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sweepcli.records import JSON
    from sweepcli.wire import Event

Field = int | bytes

# Numbers of the fields of Record.
HISTORY, SUMMARY, CONFIG, METRIC, RUN, EXIT, PREEMPTING = 2, 3, 5, 12, 17, 18, 23
# Of the items of history, summary and config.
KEY, NESTED_KEY, VALUE_JSON = 1, 2, 16
# Of RunRecord, and of the telemetry in it.
ABOUT = {"entity": 2, "project": 3, "group": 6, "name": 8, "notes": 9}
RUN_CONFIG, TAG, TELEMETRY, VERSION = 4, 10, 19, 5
SUMMARY_KINDS = {1: "min", 2: "max", 3: "mean", 4: "best", 5: "last", 6: "none", 8: "first"}
NEGATIVE = 2**63  # protobuf has negative numbers from here on
DEEPEST = 100  # names that lead to a value
GOALS = {1: "minimize", 2: "maximize"}


class Item(NamedTuple):
    """One value, and the names that lead to it."""

    path: tuple[str, ...]
    value: JSON
    is_nested: bool  # the names are separate in the log, as in W&B's own summary

    @property
    def is_number(self) -> bool:
        """Whether it is a plain value, and not in an object."""
        return len(self.path) == 1 and not isinstance(self.value, dict)


class WandbLog(LogRecords):
    """Reads each record of one transaction log once."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.version: str | None = None  # of the package that wrote it
        self._config: Event = {}
        self._known_config: Event | None = None  # of the last event that had it
        self._logged = set[str]()  # the first names of all that is in the history
        self._numbers = set[str]()  # those of them that have no further names below them
        self._summarised: list[Item] = []  # by W&B, or by the script: the next record shows

    def drain(self, *, ended: bool = False) -> list[Event]:
        """Return the events written since the last call, as `records` does.

        A summary at the end of the log comes once the writer has `ended`.
        """
        events: list[Event] = []
        for record in self.records(ended=ended):
            try:
                for number, value in fields(record):
                    if isinstance(value, bytes):
                        events += self._read(number, value)
            except (ValueError, struct.error):
                self.damaged += 1
        if ended and not self.has_more:
            events += self._own_summary()
        return events + self._changed_config()

    def _read(self, number: int, message: bytes) -> Iterator[Event]:
        if number == HISTORY:
            yield self._row(message)
            return
        yield from self._own_summary()
        if number == SUMMARY:
            self._summarised = [*_items(message)]
        elif number == RUN:
            yield from self._run(message)
        elif number == CONFIG:
            _nested(_items(message), self._config)
        elif number == METRIC:
            yield from _metric(message)
        elif number == PREEMPTING:
            yield _event("preempting")
        elif number == EXIT:
            code = int(dict(fields(message)).get(1, 0))
            yield _event("finish", exit_code=code if code < NEGATIVE else code - 2 * NEGATIVE)

    def _row(self, message: bytes) -> Event:
        items = [*_items(message)]
        self._logged.update(item.path[0] for item in items)
        self._numbers.update(item.path[0] for item in items if item.is_number)
        self._summarised.clear()  # W&B's own, of this row
        return _nested(item for item in items if item.path[0] not in ("_runtime", "_wandb"))

    def _own_summary(self) -> Iterator[Event]:
        """Return what the script put into the summary; W&B's own entries are left out."""
        own = [
            item
            for item in self._summarised
            if item.path[0][:1] != "_" and not self._is_of_history(item)
        ]
        self._summarised.clear()
        if own:
            yield _event("summary", summary=_nested(own))

    def _is_of_history(self, item: Item) -> bool:
        """Return whether W&B has made an entry of the summary from what was logged."""
        name, *below = item.path
        if below and name in self._numbers:  # `summary["loss"]["mean"] = 7`
            return False
        return item.is_nested and name in self._logged

    def _run(self, message: bytes) -> Iterator[Event]:
        found = dict(fields(message))
        about = {name: _text(found[number]) for name, number in ABOUT.items() if number in found}
        telemetry = dict(fields(_bytes(found.get(TELEMETRY, b""))))
        self.version = _text(telemetry.get(VERSION, b"")) or None
        tags = [_text(value) for number, value in fields(message) if number == TAG]
        yield _event("init", **about, **({"tags": tags} if tags else {}))
        self._config = _nested(_items(_bytes(found.get(RUN_CONFIG, b""))))
        self._known_config = None

    def _changed_config(self) -> list[Event]:
        """Return the whole config if it has changed.

        Once for each piece of the log: an event for each of thousands of changes to a large config
        would fill the disk.
        """
        if self._config == (self._known_config or {}):
            return []
        self._known_config = copy.deepcopy(self._config)
        return [_event("config", config=copy.deepcopy(self._config))]


def _event(kind: str, **rest: JSON) -> Event:
    return {wire.EVENT: kind, **rest}


def _items(message: bytes) -> Iterator[Item]:
    for number, value in fields(message):
        if number == 1:
            yield _item(_bytes(value))


def _item(message: bytes) -> Item:
    path: list[str] = []
    key, result = "", None
    for number, value in fields(message):
        if number == KEY:
            key = _text(value)
        elif number == NESTED_KEY:
            path.append(_text(value))
        elif number in TYPED:
            result = TYPED[number](value)
    if len(path) > DEEPEST:
        raise ValueError("nested too deep")
    return Item((key,) if key else tuple(path) or ("",), result, is_nested=not key)


def _nested(items: Iterable[Item], values: Event | None = None) -> Event:
    values = {} if values is None else values
    for item in items:
        place = values
        for name in item.path[:-1]:
            if not isinstance(place.get(name), dict):
                place[name] = {}
            place = place[name]
        place[item.path[-1]] = item.value
    values.pop("_wandb", None)
    return values


def _metric(message: bytes) -> Iterator[Event]:
    found = dict(fields(message))
    name = _text(found.get(1, b"")) or _text(found.get(2, b""))
    asked = dict(fields(_bytes(found.get(7, b""))))
    summary = ",".join(word for kind, word in SUMMARY_KINDS.items() if asked.get(kind))
    if name:
        goal = GOALS.get(int(found.get(8, 0)))
        yield _event("define_metric", name=name, summary=summary or None, goal=goal)


def _bytes(value: Field) -> bytes:
    if not isinstance(value, bytes):
        raise ValueError("a field of another form than expected")  # noqa: TRY004 -- bad data, not a bad call
    return value


def _text(value: Field) -> str:
    return _bytes(value).decode("utf-8", "replace")


# Values of a type of their own, which newer versions may write beside or instead of JSON.
TYPED: dict[int, Callable[[Field], JSON]] = {
    3: lambda _: None,
    4: bool,
    5: lambda value: (int(value) >> 1) ^ -(int(value) & 1),
    6: lambda value: struct.unpack("<d", _bytes(value))[0],
    7: _text,
    8: lambda value: wire.parsed(_text(value)),
    VALUE_JSON: lambda value: wire.parsed(_text(value)),
}
