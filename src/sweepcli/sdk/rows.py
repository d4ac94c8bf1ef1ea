"""The argument of `log()`, checked and made plain."""

from __future__ import annotations

from sweepcli import wire
from sweepcli.sdk import values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sweepcli.sdk.notices import Warnings

RESERVED = frozenset({wire.EVENT, wire.STEP, wire.TIMESTAMP})


def read(data: Any, warnings: Warnings) -> dict[str, Any]:
    """Return the logged values as plain JSON; raise TypeError if it is no dict of names."""
    if not isinstance(data, dict):
        if not hasattr(data, "keys"):
            raise TypeError(_right_form(data))
        data = dict(data)
    row = {}
    for key, value in data.items():
        if not isinstance(key, str):
            raise TypeError(f"log() takes names as keys, not {type(key).__name__}: {key!r}")
        if key in RESERVED:
            warnings.once(f"key {key}", f"Ignoring key '{key}' in log(): the name is taken.")
        elif type(value) in values.SCALARS:  # the common case, without a call
            row[key] = value
        else:
            row[key] = _plain(key, value, warnings)
    return row


def _plain(key: str, value: Any, warnings: Warnings) -> Any:
    odd: list[str] = []
    result = values.plain(value, odd)
    if odd:
        what = f"'{key}' holds a {odd[0]}, which has no JSON form; only its text is kept."
        warnings.once(f"odd {key}", what)
    return result


def _right_form(data: Any) -> str:
    name = "val_loss"
    if isinstance(data, set):  # `log({"val_loss", value})`: a comma where a colon was meant
        name = next((item for item in data if isinstance(item, str)), name)
    kind = type(data).__name__
    return f'log() takes a dict, not a {kind}; write log({{"{name}": value}})'
