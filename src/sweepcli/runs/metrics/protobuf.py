"""The fields of a protobuf message, without its schema and without the package.

The encoding: https://protobuf.dev/programming-guides/encoding/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

VARINT, FIXED_64, BYTES, FIXED_32 = 0, 1, 2, 5


def fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Return each field's number and value: an int, or bytes for anything of another form.

    Raises ValueError where the message is none.
    """
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        number, form = tag >> 3, tag & 7
        if form == VARINT:
            value, at = _varint(message, at)
            yield number, value
            continue
        if form == BYTES:
            size, at = _varint(message, at)
        elif form in (FIXED_64, FIXED_32):
            size = 8 if form == FIXED_64 else 4
        else:
            raise ValueError(f"a field of an unknown form: {form}")
        if at + size > len(message):
            raise ValueError("a field that is longer than its message")
        yield number, message[at : at + size]
        at += size


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(message):
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    raise ValueError("a number that has no end")
