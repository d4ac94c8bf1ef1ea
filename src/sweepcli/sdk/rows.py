"""The argument of `log()` as one row of the history; media become files."""

from __future__ import annotations

from sweepcli import wire
from sweepcli.sdk.values import SCALARS, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sweepcli.messages import Warnings
    from sweepcli.sdk.media.files import MediaFolder

RESERVED = frozenset({wire.EVENT, wire.INIT, wire.ORIGIN, wire.STEP, wire.TIMESTAMP})
LARGEST_ARRAY = 32  # elements of an array that is logged as a list: W&B's number
NUMBERS = "biuf"  # kinds of numpy's types
# Only figures of matplotlib and plotly, pictures of PIL and tables of pandas have these.
METHODS_OF_MEDIA = ("savefig", "get_figure", "to_plotly_json", "getbands", "to_records")


def row(data: Any, warnings: Warnings, folder: Callable[[], MediaFolder]) -> dict[str, Any]:
    """Return the argument of `log()` as plain JSON; raise TypeError if it is not a dict of names.

    `folder` returns the folder that media are written to; it is called only if there are any.
    """
    if not isinstance(data, dict):
        if not hasattr(data, "keys"):
            raise TypeError(_right_form(data))
        data = dict(data)
    result = {}
    for key, value in data.items():
        if not isinstance(key, str):
            raise TypeError(f"log() takes names as keys, not {type(key).__name__}: {key!r}")
        if key in RESERVED:
            warnings.once(f"key {key}", f"Ignoring key '{key}' in log(): the name is reserved.")
        elif type(value) in SCALARS:  # the common case, without a call
            result[key] = value
        else:
            name, plain_value = _logged(key, value, warnings, folder)
            result[name] = plain_value
    return result


def _logged(
    key: str, value: Any, warnings: Warnings, folder: Callable[[], MediaFolder]
) -> tuple[str, Any]:
    """Return a logged value that is not a scalar as plain JSON, with its name in the history."""
    if _is_media(value):
        from sweepcli.sdk.media import logged  # noqa: PLC0415 -- only scripts that log media need it

        return logged.form(value, folder(), key)
    if isinstance(value, dict):
        inner = (_logged(str(name), each, warnings, folder) for name, each in value.items())
        return key, dict(inner)
    odd: list[str] = []
    result = plain(value, odd)
    if odd:
        what = f"'{key}' holds a {odd[0]}, which cannot be written as JSON; its text is logged."
        warnings.once(f"odd {key}", what)
    return key, result


def _is_media(value: Any) -> bool:
    """Return whether a value is written as a file, or counted into a histogram.

    Recognised by its methods, so that neither our classes nor another library is loaded.
    """
    if getattr(value, "ndim", None) == 0:  # the scalars of numpy and torch: the frequent case
        return False
    if isinstance(value, (list, tuple)):
        return bool(value) and _is_media(value[0])
    if hasattr(type(value), "history_form") or any(hasattr(value, n) for n in METHODS_OF_MEDIA):
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
    if isinstance(data, set):  # `log({"val_loss", value})`: a comma instead of a colon
        name = next((item for item in data if isinstance(item, str)), name)
    kind = type(data).__name__
    return f'log() takes a dict, not a {kind}; write log({{"{name}": value}})'
