"""The lines of a run's event file: each is one event, a JSON object.

A plain object is a row of history: `{"loss": 0.3}`. Keys that start with `_` are ours:
`_step` (int; the last step + 1 if missing), `_timestamp` (seconds since the epoch) and
`_event`, which names any other kind of event; `_origin` is in lines that an agent copied from
another file, and `_init` says of which `init()` a line is. Rows with the same `_step` are one row.
`docs/events.md` describes the format.

Leaf module, also loaded inside the training process: it imports only `json`.
"""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Event = dict[str, Any]

EVENT = "_event"
STEP = "_step"
TIMESTAMP = "_timestamp"
ORIGIN = "_origin"
INIT = "_init"

# `_event` -> what the event means; its other keys are in brackets.
KINDS = {
    "init": "the run began to log [name, project, entity, group, job_type, tags, notes, client]",
    "config": "the run's config as the script sees it [config]",
    "summary": "values that replace those of the summary [summary]",
    "define_metric": "how a metric is summarised [name, summary, goal]",
    "alert": "a message for people [title, text, level]",
    "preempting": "the machine is about to be taken away from the script",
    "finish": "the script has finished this run [exit_code]",
}


DEEPEST = 100  # levels of nested JSON: what shows it needs several frames of Python for each


def encode(event: dict[str, Any]) -> bytes:
    """Return the event as one line, newline included; raise TypeError if it is not JSON."""
    return _encoder(event).encode() + b"\n"


def decode(line: bytes) -> dict[str, Any]:
    """Return the event of one line; raise ValueError if it is not a JSON object.

    Bytes that are not UTF-8 become U+FFFD, so that one bad name does not lose the whole row.
    """
    event = parsed(line.decode("utf-8", "replace").removeprefix("\ufeff"))
    if not isinstance(event, dict):
        raise ValueError(f"not a JSON object: {line[:80]!r}")  # noqa: TRY004 -- bad data, not a bad call
    return event


def parsed(text: str | bytes) -> Any:  # noqa: ANN401 -- any JSON
    """Return JSON that a run wrote; raise ValueError if it is none, or nested too deep to use."""
    try:
        value = json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    level = [value] if len(text) > DEEPEST else []
    for _ in range(DEEPEST):
        if not level:
            return value
        level = [part for whole in level for part in _parts(whole)]
    raise ValueError("nested too deep")


def _parts(value: Any) -> list[Any]:  # noqa: ANN401 -- any JSON
    """Return the objects and lists in an object or list."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [part for part in inner if isinstance(part, dict | list)]


def plain(value: Any) -> Any:  # noqa: ANN401 -- whatever a script logs
    """Return a numpy or torch scalar or array as plain Python, without importing either."""
    for name in ("item", "tolist"):
        convert = getattr(value, name, None)
        if callable(convert):
            try:
                return convert()
            except (TypeError, ValueError, RuntimeError):
                continue
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


_encoder = json.JSONEncoder(default=plain).encode  # made once: json.dumps makes one a call
