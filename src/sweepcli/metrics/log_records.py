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

BLOCK = 32_768
HEADER = b":W&B\xe1\xbe\x00"
CHUNK = struct.Struct("<IHB")
PIECE = 256 * BLOCK  # bytes read at once
WHOLE, FIRST, MIDDLE, LAST = 1, 2, 3, 4


class LogRecords:
    """Reads each record of a log once."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.damaged = 0  # places where something was lost
        self.has_more = False
        self._offset = 0  # of the first byte that no record was made of
        self._begun: list[bytes] = []  # the chunks of a record whose end was not read yet

    def drain(self, *, ended: bool = False) -> list[bytes]:
        """Return the records written since the last call.

        One call reads one piece of the file: as long as it leaves `has_more` set, call again
        for the rest. An unfinished end is left for later, and what is damaged is skipped only
        once the writer has `ended`.
        """
        try:
            with open(self.path, "rb", buffering=0) as file:
                if not self._offset:
                    self._offset = len(HEADER) if file.read(len(HEADER)) == HEADER else 0
                if not self._offset:  # not begun, or no such log
                    return []
                window = _Window(file.seek(self._offset), file.read(PIECE))
        except OSError:
            return []
        return self._records(window, ended=ended)

    def _records(self, window: _Window, *, ended: bool) -> list[bytes]:
        records = []
        self.has_more = len(window.data) == PIECE
        while True:
            self._offset = window.skip_padding(self._offset)
            found = window.chunk(self._offset)
            if found is None or (not found.is_intact and not self.has_more and not ended):
                break  # not written yet, or not as a whole
            if not found.is_intact:
                self._skip_block()
                continue
            self._offset += CHUNK.size + len(found.data)
            record = self._joined(found.kind, found.data)
            if record is not None:
                records.append(record)
        return records

    def _joined(self, kind: int, data: bytes) -> bytes | None:
        if kind in (WHOLE, FIRST):
            self._begun.clear()
        self._begun.append(data)
        if kind not in (WHOLE, LAST):
            return None
        record = b"".join(self._begun)
        self._begun.clear()
        return record

    def _skip_block(self) -> None:
        """Go on behind a damaged place, as LevelDB does."""
        self.damaged += 1
        self._begun.clear()
        self._offset += BLOCK - self._offset % BLOCK


class _Chunk(NamedTuple):
    kind: int
    data: bytes
    is_intact: bool


class _Window:
    """A part of the file, in the file's own offsets."""

    def __init__(self, start: int, data: bytes) -> None:
        self.start = start
        self.data = data
        self.end = start + len(data)

    def skip_padding(self, offset: int) -> int:
        """Return where the next chunk is; the rest of a block may be too short for one."""
        room = BLOCK - offset % BLOCK
        return offset + room if room < CHUNK.size else offset

    def chunk(self, offset: int) -> _Chunk | None:
        """Return the chunk at an offset; None if the file does not have all of it."""
        at = offset - self.start
        if len(self.data) < at + CHUNK.size:
            return None
        checksum, length, kind = CHUNK.unpack_from(self.data, at)
        data = self.data[at + CHUNK.size : at + CHUNK.size + length]
        if len(data) < length:
            return None
        is_intact = zlib.crc32(data, zlib.crc32(bytes((kind,)))) == checksum
        return _Chunk(kind, data, is_intact)
