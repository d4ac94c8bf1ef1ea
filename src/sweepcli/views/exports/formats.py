"""The formats of an export, by name, and how each is written."""

from __future__ import annotations

import io
import os
import sys
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, NamedTuple

from sweepcli.errors import FolderError, UsageError
from sweepcli.printed import harmless
from sweepcli.views import render, terminal
from sweepcli.views.exports.rows import storable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from _typeshed import ReadableBuffer

    from sweepcli.records import JSON
    from sweepcli.views.exports.rows import Export


# How a cell begins that spreadsheets run: the last four are as East Asian keyboards write them.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class Format(NamedTuple):
    """A format of an export; `write` gets the file, open for bytes."""

    write: Callable[[Export, IO[bytes]], None]
    is_text: bool = True  # may go to the standard output


class _Terminal(io.BytesIO):
    """The standard output where it is a terminal, which no data may command."""

    def write(self, data: ReadableBuffer, /) -> int:
        """Show a piece that ends with a line."""
        return sys.stdout.write(harmless(bytes(data).decode()))


def _csv(export: Export, file: IO[bytes]) -> None:
    write_line = _spreadsheet_line if export.spreadsheet else render.csv_line
    names = export.columns()
    file.write(storable(write_line(names)).encode())
    for row in export.rows():
        file.write(storable(write_line([row.get(name) for name in names])).encode())


def _spreadsheet_line(cells: Sequence[JSON]) -> str:
    """Return a row of which a spreadsheet takes no text for a formula; numbers stay numbers."""
    return render.csv_line([_no_formula(cell) for cell in cells])


def _no_formula(cell: JSON) -> JSON:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _json(export: Export, file: IO[bytes]) -> None:
    before = "["
    for row in export.rows():
        file.write(f"{before}\n{render.json_text(row)}".encode())
        before = ","
    file.write(b"\n]\n" if before == "," else b"[]\n")


def _jsonl(export: Export, file: IO[bytes]) -> None:
    for row in export.rows():
        file.write(f"{render.json_text(row)}\n".encode())


def _parquet(export: Export, file: IO[bytes]) -> None:
    from sweepcli.views.exports import parquet  # noqa: PLC0415 -- a library of an extra

    parquet.write(export, file)


def _html(export: Export, file: IO[bytes]) -> None:
    from sweepcli.views.dashboard import page  # noqa: PLC0415 -- for this form alone

    if export.history:
        raise UsageError("--history does not work with html: its page has curves of the best runs")
    file.write(page.exported(export.store, export.sweep).encode())


FORMATS: dict[str, Format] = {
    "csv": Format(_csv),
    "json": Format(_json),
    "jsonl": Format(_jsonl),
    "parquet": Format(_parquet, is_text=False),
    "html": Format(_html, is_text=False),
}


def write(export: Export, name: str, path: str | None) -> None:
    """Write an export in the format of this name to a file, or to the standard output."""
    chosen = FORMATS[name]
    if export.spreadsheet and name != "csv":
        raise UsageError(f"--spreadsheet is for csv alone: {name} has no formulas to guard against")
    if path is None and not chosen.is_text:
        raise UsageError(
            f"{name} is not written to standard output; name a file with -o FILE.{name}"
        )
    with export.store.database.snapshot():
        if path is None:
            chosen.write(export, _Terminal() if terminal.is_terminal() else sys.stdout.buffer)
            sys.stdout.flush()
        else:
            with replacing(path) as file:
                chosen.write(export, file)


@contextmanager
def replacing(path: str) -> Iterator[IO[bytes]]:
    """Open a file beside a path that replaces it once all is written; otherwise leave nothing.

    What is not a plain file, such as a pipe, is written directly.
    """
    if os.path.exists(path) and not os.path.isfile(path):
        with _blamed(path), open(path, "wb") as file:
            yield file
        return
    beside = f"{path}.new-{os.getpid()}"
    try:
        with _blamed(path):
            with open(beside, "wb") as file:
                yield file
            os.replace(beside, path)
    finally:
        if os.path.exists(beside):
            os.remove(beside)


@contextmanager
def _blamed(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FolderError(f"{path} cannot be written: {error.strerror}") from error
