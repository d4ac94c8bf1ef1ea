"""`sweep check CONFIG --try LOG`: what a config's `metrics_from` finds in a text or a file."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.errors import SweepError
from sweepcli.runs import metrics
from sweepcli.runs.metrics import Reading, pattern_hint
from sweepcli.runs.metrics.growing import LONGEST, shown
from sweepcli.sweep_config import patterns
from sweepcli.values import finite, leaf

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sweepcli.records import JSON, MetricsFrom, SweepConfig
    from sweepcli.runs.metrics.pattern_hint import PatternHint

STDIN = "-"
ENDINGS = {".csv": "csv", ".json": "json", ".jsonl": "json", ".ndjson": "json"}


class Found(NamedTuple):
    """A row, and the line or the row of a file that it is."""

    number: int  # from 1
    values: dict[str, JSON]


class Tried(NamedTuple):
    """One pattern, and what it found."""

    text: str
    found: list[Found]


class LogCheck(NamedTuple):
    """What was found in a log."""

    log: str
    unit: str  # what `Found` counts: lines or rows
    size: int  # how many of these the log has
    rows: list[Found]
    tried: list[Tried]
    wanted: list[str]  # the metrics of the sweep
    near: list[tuple[int, str]]  # lines with the name of a metric, and no value of it
    hint: PatternHint | None  # what would read them

    def numbers(self, name: str) -> list[tuple[int, float]]:
        """Return the finite values of a metric, each with its place."""
        values = ((row.number, finite(leaf(row.values, name))) for row in self.rows)
        return [(number, value) for number, value in values if value is not None]

    @property
    def is_found(self) -> bool:
        """Whether each metric of the sweep was found; of a sweep without one, anything."""
        return all(map(self.numbers, self.wanted)) if self.wanted else bool(self.rows)


def of(config: SweepConfig, log: str) -> LogCheck:
    """Try the `metrics_from` of a config on a file, or on the standard input.

    A file whose name ends in .csv or .json is read as a source of that kind, if the config has
    one, any other as the output of a run. Raises SweepError if it cannot be read.
    """
    kind = next((ENDINGS[end] for end in ENDINGS if log.endswith(end)), "output")
    asked = config.metrics_from
    wanted = [metric.name for metric in config.objectives]
    if asked is not None and kind != "output" and getattr(asked, kind):
        rows = _rows(kind, log)
        return LogCheck(log, "row", len(rows), rows, [], wanted, [], None)
    lines = _lines(log)
    tried = [_try(text, lines) for text in (asked.output if asked else ())]
    merged: dict[int, dict[str, JSON]] = {}
    for each in tried:
        for found in each.found:
            merged.setdefault(found.number, {}).update(found.values)
    rows = [Found(number, merged[number]) for number in sorted(merged)]
    near = _near(lines, rows, wanted)
    missing = (_hint_of(lines, rows, name, asked) for name in wanted)
    missed = next((found for found in missing if found), None)
    is_needed = missed is not None and (missed.doubt is None or not rows)
    return LogCheck(
        log, "line", len(lines), rows, tried, wanted, near, missed if is_needed else None
    )


def _rows(kind: str, path: str) -> list[Found]:
    source = metrics.source(kind, path, Reading("", "", 0.0, goes_on=True, open_files=tuple))
    found = [row for _, row in source.drain(ended=True)]
    while source.has_more:
        found += [row for _, row in source.drain(ended=True)]
    for text in source.complaints():
        raise SweepError(text)
    return [Found(number, row) for number, row in enumerate(found, 1)]


def _lines(path: str) -> list[str]:
    """Return the lines of a text as a terminal would show them."""
    if path == STDIN:
        return _shown(sys.stdin.buffer)
    try:
        with open(path, "rb") as file:
            return _shown(file)
    except OSError as error:
        raise SweepError(f"{path}: {error.strerror}") from error


def _shown(lines: Iterable[bytes]) -> list[str]:
    return [shown(line.rstrip(b"\n")[-LONGEST:]) for line in lines]


def _try(text: str, lines: Sequence[str]) -> Tried:
    pattern = patterns.compiled(text)
    found = ((number, pattern.values(line)) for number, line in enumerate(lines, 1))
    return Tried(text, [Found(number, dict(values)) for number, values in found if values])


def _hint_of(
    lines: Sequence[str], rows: Sequence[Found], name: str, asked: MetricsFrom | None
) -> PatternHint | None:
    return pattern_hint.in_lines([line for _, line in _near(lines, rows, [name])], name, asked)


def _near(
    lines: Sequence[str], rows: Sequence[Found], wanted: Sequence[str]
) -> list[tuple[int, str]]:
    """Return the lines that have a metric's name and a number, and no value of it was read."""
    read = {row.number: row.values for row in rows}
    near: dict[int, str] = {}
    for name in wanted:
        last = re.split(r"[/._-]", name)[-1]
        named = re.compile(rf"(?<![^\W_]){re.escape(last)}(?![^\W_]).*\d", re.IGNORECASE)
        near |= {
            number: line
            for number, line in enumerate(lines, 1)
            if name not in read.get(number, {}) and named.search(line)
        }
    return sorted(near.items())
