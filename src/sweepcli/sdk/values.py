"""The values that a script logs or configures, as plain JSON.

Imports neither numpy nor torch: an object is recognised by its methods.
"""

from __future__ import annotations

import os

from sweepcli import wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SCALARS = frozenset({bool, int, float, str, type(None)})
TEXT_LIMIT = 200  # characters of a value that has no JSON form


def plain(value: Any, odd: list[str]) -> Any:
    """Return a value as plain JSON; add the types that became text to `odd`."""
    if type(value) in SCALARS:
        return value
    if isinstance(value, dict):
        return {str(key): plain(inner, odd) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(inner, odd) for inner in value]
    if isinstance(value, (int, float, str, bytes, os.PathLike)):
        return _simple(value)
    fields = getattr(value, "__dataclass_fields__", None)
    if fields is not None and not isinstance(value, type):
        return {name: plain(getattr(value, name), odd) for name in fields}
    return _converted(value, odd)


def _simple(value: float | str | bytes | os.PathLike[str]) -> float | str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    # Called on the built-in type: enums and numpy's float64 override these methods.
    if isinstance(value, int):
        return int.__int__(value)
    if isinstance(value, float):
        return float.__float__(value)
    return str.__str__(value) if isinstance(value, str) else str(value)


def _converted(value: Any, odd: list[str]) -> Any:
    try:
        if hasattr(value, "isoformat"):  # dates and times
            return value.isoformat()
        inner = wire.plain(value)
        # The `item()` of numpy's long double returns itself: without this we would never end.
        return plain(inner, odd) if type(inner) is not type(value) else float(inner)
    except Exception:  # noqa: BLE001 -- foreign code; what cannot be converted must not end a training run
        return _number_or_text(value, odd)


def _number_or_text(value: Any, odd: list[str]) -> float | str:
    try:
        if hasattr(type(value), "__float__"):
            return float(value)
        text = repr(value)[:TEXT_LIMIT]
    except Exception:  # noqa: BLE001 -- as above: the object's own code failed
        text = f"<{type(value).__name__}>"
    odd.append(type(value).__name__)
    return text
