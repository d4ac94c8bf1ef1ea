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
from sweepcli.views.exports import kinds
from sweepcli.views.exports.csv_lines import CsvLines
from sweepcli.views.exports.json_rows import JsonRows
from sweepcli.views.exports.rows import storable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from _typeshed import ReadableBuffer

    from sweepcli.records import JSON
    from sweepcli.views.exports.rows import Export


# How a cell begins that spreadsheets run: the last four are as East Asian keyboards write them.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class Format(NamedTuple):
    """A format of an export; `write` gets the file, open for bytes, and says what it lacks."""

    write: Callable[[Export, IO[bytes]], str]
    is_text: bool = True  # may go to the standard output


class _Terminal(io.BytesIO):
    """The standard output where it is a terminal, which no data may command."""

    def write(self, data: ReadableBuffer, /) -> int:
        """Show a piece that ends with a line."""
        return sys.stdout.write(harmless(bytes(data).decode()))


def _csv(export: Export, file: IO[bytes]) -> str:
    guarded = _no_formula if export.spreadsheet else _as_it_is
    columns, lines = export.columns(), CsvLines()
    file.write(storable(render.csv_line([*map(guarded, columns)])).encode())
    for row in export.rows():
        cells = [guarded(kinds.fitted(row.get(name), kind)) for name, kind in columns.items()]
        file.write(storable(lines.line(cells)).encode())
    return ""


def _as_it_is(cell: JSON) -> JSON:
    return cell


def _no_formula(cell: JSON) -> JSON:
    """Return a cell that a spreadsheet does not take for a formula; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _json(export: Export, file: IO[bytes]) -> str:
    before, found = "[", JsonRows(export)
    for line in found:
        file.write(f"{before}\n{line}".encode())
        before = ","
    file.write(b"\n]\n" if before == "," else b"[]\n")
    return found.note


def _jsonl(export: Export, file: IO[bytes]) -> str:
    found = JsonRows(export)
    for line in found:
        file.write(f"{line}\n".encode())
    return found.note


def _parquet(export: Export, file: IO[bytes]) -> str:
    from sweepcli.views.exports import parquet  # noqa: PLC0415 -- a library of an extra

    parquet.write(export, file)
    return ""


def _html(export: Export, file: IO[bytes]) -> str:
    from sweepcli.views.dashboard import page  # noqa: PLC0415 -- for this form alone

    if export.history:
        raise UsageError("--history does not work with html: its page has curves of the best runs")
    file.write(page.exported(export.store, export.sweep).encode())
    return ""


FORMATS: dict[str, Format] = {
    "csv": Format(_csv),
    "json": Format(_json),
    "jsonl": Format(_jsonl),
    "parquet": Format(_parquet, is_text=False),
    "html": Format(_html, is_text=False),
}


def chosen(output: str | None, form: str | None) -> str:
    """Return the name of the format for a file, or for the standard output; raise UsageError.

    Without a `form` a file's ending says it. What is no plain file, such as a pipe, needs none.
    """
    stem, ending = os.path.splitext(output or "")
    said = ending.removeprefix(".").lower()
    if form is not None and said in FORMATS and said != form:
        raise UsageError(
            f"{output} ends with {ending}, which is not {form}: name it {stem}.{form}, or leave "
            "the format out"
        )
    is_plain = output is not None and (not os.path.exists(output) or os.path.isfile(output))
    found = form or (said if said in FORMATS or is_plain else "csv")
    if found not in FORMATS:
        *most, last = FORMATS
        what = f"{ending} is no format" if ending else "its name has no ending"
        raise UsageError(
            f"{output}: {what}; end it with .{', .'.join(most)} or .{last}, or name one of them "
            "with --format"
        )
    return found


def write(export: Export, name: str, path: str | None) -> str:
    """Write an export in the format of this name to a file, or to the standard output.

    Return what the format could not say, if anything.
    """
    form = FORMATS[name]
    if export.spreadsheet and name != "csv":
        raise UsageError(f"--spreadsheet is for csv alone: {name} has no formulas to guard against")
    if path is None and not form.is_text:
        raise UsageError(
            f"{name} is not written to standard output; name a file with -o FILE.{name}"
        )
    with export.store.database.snapshot():
        if path is None:
            note = form.write(export, _Terminal() if terminal.is_terminal() else sys.stdout.buffer)
            sys.stdout.flush()
        else:
            with replacing(path) as file:
                note = form.write(export, file)
    return note


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
