"""Builds transaction logs as W&B's package writes them, byte by byte."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from sweepcli.records import JSON
from sweepcli.runs.metrics.wandb_records import BLOCK, HEADER


def varint(number: int) -> bytes:
    """Return a number as protobuf writes it."""
    found = bytearray()
    while number >= 0x80:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*found, number))


def field(number: int, value: int | bytes | str) -> bytes:
    """Return a field of a message: a number, text or a message."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    content = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(content)) + content


def item(name: str | tuple[str, ...], value: JSON) -> bytes:
    """Return a named value: under `key` if the name is text, else under `nested_key`."""
    names = [field(1, name)] if isinstance(name, str) else [field(2, part) for part in name]
    return field(1, b"".join(names) + field(16, json.dumps(value)))


def history(values: Mapping[Any, JSON], step: int = 0) -> bytes:
    """Return the record of a row."""
    items = {**values, "_step": step, "_runtime": 0.5, "_timestamp": 100.0 + step}
    return field(2, b"".join(item(name, value) for name, value in items.items()))


def summary(values: Mapping[Any, JSON]) -> bytes:
    """Return the record of a change of the summary."""
    return field(3, b"".join(item(name, value) for name, value in values.items()))


def config(values: Mapping[Any, JSON]) -> bytes:
    """Return the record of a change of the config."""
    return field(5, b"".join(item(name, value) for name, value in values.items()))


def run(values: Mapping[Any, JSON], version: str = "0.31.0") -> bytes:
    """Return the record of a run's beginning."""
    inner = b"".join(item(name, value) for name, value in values.items())
    about = field(1, "r1") + field(2, "me") + field(3, "demo") + field(8, "a name")
    return field(17, about + field(4, inner) + field(19, field(5, version)))


def log(records: Iterable[bytes]) -> bytes:
    """Return a whole log."""
    content = bytearray(HEADER)
    for record in records:
        rest, is_first = record, True
        while True:
            room = BLOCK - len(content) % BLOCK
            if room < 7:
                content += bytes(room)
                room = BLOCK
            piece, rest = rest[: room - 7], rest[room - 7 :]
            kind = (1 if is_first else 4) if not rest else (2 if is_first else 3)
            checksum = zlib.crc32(bytes((kind,)) + piece)
            content += struct.pack("<IHB", checksum, len(piece), kind) + piece
            is_first = False
            if not rest:
                break
    return bytes(content)
