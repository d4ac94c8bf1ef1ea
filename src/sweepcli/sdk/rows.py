"""The argument of `log()`, checked and made plain."""

from __future__ import annotations

from sweepcli import wire
from sweepcli.sdk import values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sweepcli.sdk.kept import Keeper
    from sweepcli.sdk.notices import Warnings

RESERVED = frozenset({wire.EVENT, wire.ORIGIN, wire.STEP, wire.TIMESTAMP})
LARGEST_ARRAY = 32  # elements that are kept as a list: W&B's number
NUMBERS = "biuf"  # kinds of numpy's types
# What figures of matplotlib and plotly, pictures of PIL and tables of pandas alone have.
OTHERS_MEDIA = ("savefig", "get_figure", "to_plotly_json", "getbands", "to_records")


def read(data: Any, warnings: Warnings, keeper: Callable[[], Keeper]) -> dict[str, Any]:
    """Return the logged values as plain JSON; raise TypeError if it is no dict of names.

    `keeper` gives what keeps media as files.
    """
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
            name, row_value = _kept(key, value, warnings, keeper)
            row[name] = row_value
    return row


def _kept(
    key: str, value: Any, warnings: Warnings, keeper: Callable[[], Keeper]
) -> tuple[str, Any]:
    """Return what stands in the history for a value that is no plain scalar, and its name."""
    if _is_media(value):
        from sweepcli.sdk import logged_media  # noqa: PLC0415 -- for scripts that log files

        return logged_media.kept(value, keeper(), key)
    if isinstance(value, dict):
        inner = (_kept(str(name), each, warnings, keeper) for name, each in value.items())
        return key, dict(inner)
    odd: list[str] = []
    result = values.plain(value, odd)
    if odd:
        what = f"'{key}' holds a {odd[0]}, which has no JSON form; only its text is kept."
        warnings.once(f"odd {key}", what)
    return key, result


def _is_media(value: Any) -> bool:
    """Return whether a value is kept as a file, or counted into a histogram.

    Known by what it can do: neither our classes nor another library is loaded for it.
    """
    if getattr(value, "ndim", None) == 0:  # the scalars of numpy and torch: the frequent case
        return False
    if isinstance(value, (list, tuple)):
        return bool(value) and _is_media(value[0])
    if hasattr(type(value), "kept") or any(hasattr(value, name) for name in OTHERS_MEDIA):
        return True
    # W&B shows a large array as a histogram, too.
    return getattr(value, "ndim", 0) > 0 and _has_many_numbers(value)


def _has_many_numbers(array: Any) -> bool:
    size = 1
    for length in array.shape:
        size *= int(length)
    return size > LARGEST_ARRAY and getattr(array.dtype, "kind", "f") in NUMBERS


def _right_form(data: Any) -> str:
    name = "val_loss"
    if isinstance(data, set):  # `log({"val_loss", value})`: a comma where a colon was meant
        name = next((item for item in data if isinstance(item, str)), name)
    kind = type(data).__name__
    return f'log() takes a dict, not a {kind}; write log({{"{name}": value}})'
