"""How W&B's package encodes its transaction log: records in LevelDB's format, of protobuf fields.

A log has blocks of 32 KiB, in them chunks of a checksum
(uint32, here a plain CRC-32 of type and data), a length (uint16) and a type (uint8: whole, first,
middle, last), all little-endian; a record is one chunk or several. The format is that of
https://github.com/google/leveldb/blob/main/doc/log_format.md but for the checksum and a file
header of seven bytes. Each record is a protobuf message, read here without its schema and without
the package: https://protobuf.dev/programming-guides/encoding/.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

from sweepcli.runs.metrics.growing import GrowingFile

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCK = 32_768
HEADER = b":W&B\xe1\xbe\x00"
CHUNK = struct.Struct("<IHB")
WHOLE, FIRST, MIDDLE, LAST = 1, 2, 3, 4
MOST_CHUNKS = 512  # of a record: 16 MiB
LONGEST_NUMBER = 70  # bits: ten bytes of seven
VARINT, FIXED_64, BYTES, FIXED_32 = 0, 1, 2, 5  # forms of a field


class LogRecords(GrowingFile):
    """Reads each record of a log once."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.damaged = 0  # places where something was lost
        self._begin()

    def records(self, *, ended: bool = False) -> list[bytes]:
        """Return the records written since the last call.

        One call reads one piece of the file: as long as it leaves `has_more` set, call again
        for the rest. An unfinished end is left for later.
        """
        restarts = self.restarts
        piece = self.unread(ended=ended)
        if self.restarts != restarts:
            self._begin()
        if self.skipped:
            self._skip()
        begin = self.offset - len(piece)  # before it, if the rest of a damaged block is skipped
        self._unused += piece[max(0, self._used - begin) :]
        if not self._used:
            if not self._unused.startswith(HEADER):  # not begun, or no such log
                return []
            self._use(len(HEADER))
        return self._complete()

    def _begin(self) -> None:
        self._unused = b""  # read, and no record was made of it yet
        self._used = 0  # bytes before that
        self._begun: list[bytes] = []  # the chunks of a record whose end was not read yet

    def _skip(self) -> None:
        """Go on behind a hole, which ends where a block begins."""
        self.damaged += 1
        self._used += len(self._unused) + self.skipped
        self._unused = b""
        self._begun.clear()

    def _use(self, size: int) -> None:
        self._unused = self._unused[size:]
        self._used += size

    def _complete(self) -> list[bytes]:
        records, at = list[bytes](), 0
        while True:
            room = BLOCK - (self._used + at) % BLOCK
            at += room if room < CHUNK.size else 0  # too little for a chunk
            if len(self._unused) < at + CHUNK.size:
                break
            checksum, length, kind = CHUNK.unpack_from(self._unused, at)
            data = self._unused[at + CHUNK.size : at + CHUNK.size + length]
            if len(data) < length:
                break
            if zlib.crc32(data, zlib.crc32(bytes((kind,)))) == checksum:
                at += CHUNK.size + length
                records += self._joined(kind, data)
            else:  # go on behind the block, as LevelDB does
                self.damaged += 1
                self._begun.clear()
                at += BLOCK - (self._used + at) % BLOCK
        self._use(at)
        return records

    def _joined(self, kind: int, data: bytes) -> list[bytes]:
        """Return the record that a chunk completes, if it does."""
        if kind in (WHOLE, FIRST):
            self._begun.clear()
        self._begun.append(data)
        if len(self._begun) > MOST_CHUNKS:
            self._begun.clear()
            self.damaged += 1
        if kind not in (WHOLE, LAST):
            return []
        record = b"".join(self._begun)
        self._begun.clear()
        return [record]


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
    while at < len(message) and shift < LONGEST_NUMBER:
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    raise ValueError("a number that has no end")
