"""The records of a log in LevelDB's format, read as it grows.

W&B's package writes its transaction log so: blocks of 32 KiB, in them chunks of a checksum
(uint32, here a plain CRC-32 of type and data), a length (uint16) and a type (uint8: whole, first,
middle, last), all little-endian; a record is one chunk or several. The format is that of
https://github.com/google/leveldb/blob/main/doc/log_format.md but for the checksum and a file
header of seven bytes.
"""

from __future__ import annotations

import struct
import zlib
from typing import NamedTuple

from sweepcli.runs.metrics.growing import GrowingFile

BLOCK = 32_768
HEADER = b":W&B\xe1\xbe\x00"
CHUNK = struct.Struct("<IHB")
WHOLE, FIRST, MIDDLE, LAST = 1, 2, 3, 4


class LogRecords:
    """Reads each record of a log once."""

    def __init__(self, path: str) -> None:
        self.damaged = 0  # places where something was lost
        self._file = GrowingFile(path)
        self._begin()

    @property
    def has_more(self) -> bool:
        """Whether the last call left something unread."""
        return self._file.has_more

    def drain(self) -> list[bytes]:
        """Return the records written since the last call.

        One call reads one piece of the file: as long as it leaves `has_more` set, call again
        for the rest. An unfinished end is left for later.
        """
        restarts = self._file.restarts
        piece = self._file.unread()
        if self._file.restarts != restarts:
            self._begin()
        self._unused += piece
        if not self._offset:
            if not self._unused.startswith(HEADER):  # not begun, or no such log
                return []
            self._use(len(HEADER))
        return self._records()

    def _begin(self) -> None:
        self._unused = b""  # read, and no record was made of it yet
        self._offset = 0  # of the first byte of that
        self._begun: list[bytes] = []  # the chunks of a record whose end was not read yet

    def _use(self, size: int) -> None:
        self._unused = self._unused[size:]
        self._offset += size

    def _records(self) -> list[bytes]:
        records, at = list[bytes](), 0
        while True:
            room = BLOCK - (self._offset + at) % BLOCK
            at += room if room < CHUNK.size else 0  # too little for a chunk
            chunk = _chunk(self._unused, at)
            if chunk is None:
                break
            if chunk.is_intact:
                at += CHUNK.size + len(chunk.data)
                records += self._joined(chunk)
            else:  # go on behind the block, as LevelDB does
                self.damaged += 1
                self._begun.clear()
                at += BLOCK - (self._offset + at) % BLOCK
        self._use(at)
        return records

    def _joined(self, chunk: _Chunk) -> list[bytes]:
        """Return the record that a chunk completes, if it does."""
        if chunk.kind in (WHOLE, FIRST):
            self._begun.clear()
        self._begun.append(chunk.data)
        if chunk.kind not in (WHOLE, LAST):
            return []
        record = b"".join(self._begun)
        self._begun.clear()
        return [record]


class _Chunk(NamedTuple):
    kind: int
    data: bytes
    is_intact: bool


def _chunk(content: bytes, at: int) -> _Chunk | None:
    """Return the chunk at a place; None if not all of it is there."""
    if len(content) < at + CHUNK.size:
        return None
    checksum, length, kind = CHUNK.unpack_from(content, at)
    data = content[at + CHUNK.size : at + CHUNK.size + length]
    if len(data) < length:
        return None
    is_intact = zlib.crc32(data, zlib.crc32(bytes((kind,)))) == checksum
    return _Chunk(kind, data, is_intact)
