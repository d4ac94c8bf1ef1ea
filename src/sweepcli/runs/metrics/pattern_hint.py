"""A metric that a run has printed and nobody has read: the line of a config that would read it."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import commands, folders, regular_files
from sweepcli.runs.metrics.growing import shown
from sweepcli.sweep_config import literals, patterns, printed_metrics, problems
from sweepcli.sweep_config.printed_metrics import Reads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import JSON, MetricsFrom

PIECE = 65_536  # bytes of the output that are looked at, from its start and from its end
LONGEST_LINE = 160  # characters of a line that are shown


class PatternHint(NamedTuple):
    """What was printed, and how to read it; the pattern is missing where that is not clear."""

    metric: str
    lines: tuple[str, ...]  # that have the metric's name
    setting: str | None = None  # the line of the config
    value: float | None = None  # that it reads in the last of these lines
    doubt: str | None = None  # what it reads, if that has another name than the metric

    def words(self, path: str) -> str:
        """Return what to do for a sweep, for people."""
        printed = " and ".join(problems.quoted(_short(line)) for line in self.lines)
        if self.setting is None:
            attempt = commands.line("sweep check CONFIG --try LOG")
            was = "was" if len(self.lines) == 1 else "were"
            return (
                f"{printed} {was} printed, and it is not clear which is {self.metric!r}: write a "
                f"pattern for it in `metrics_from`, and try it with `{attempt}`"
            )
        meant = f"if {self.doubt!r} is meant, " if self.doubt else ""
        reread = commands.line("sweep reread", path, "CONFIG.yaml")
        read = f"there it reads {self.metric}={self.value:.6g}"
        return (
            f"{printed} was printed; {meant}write this line in the config: "
            f"`{self.setting}` ({read}); `{reread}` reads it from the runs "
            "that have ended"
        )

    def record(self) -> dict[str, JSON]:
        """Return it for `--json`."""
        return {"printed": list(self.lines), "metrics_from": self.setting, "value": self.value}


@lru_cache(maxsize=64)  # a page asks with each update, and the run has ended
def in_output(folder: str, name: str, asked: MetricsFrom | None) -> PatternHint | None:
    """Return what an attempt has printed of a metric, None if it has not."""
    return in_lines(_lines(os.path.join(folder, folders.OUTPUT)), name, asked)


def in_lines(lines: Sequence[str], name: str, asked: MetricsFrom | None) -> PatternHint | None:
    """Return what lines have of a metric that is not `asked` for yet, None if they have nothing."""
    if mended := _mended(lines, name, asked):
        return mended
    found = printed_metrics.find(lines, name)
    if found is None:
        return None
    if not isinstance(found, Reads):
        return PatternHint(name, found.lines)
    doubt = None if found.is_exact else found.name
    known = asked.output if asked else ()
    setting = _setting(asked, (*known, found.pattern))
    return PatternHint(name, (found.line,), setting, found.value, doubt)


def _mended(lines: Sequence[str], name: str, asked: MetricsFrom | None) -> PatternHint | None:
    """Return what is read if what looks as if printed in the config's own patterns is."""
    for place, text in enumerate(asked.output if asked else ()):
        instead = literals.mended(text)
        if asked is None or instead is None or _values(lines, name, text):
            continue
        if found := _values(lines, name, instead):
            known = (*asked.output[:place], instead, *asked.output[place + 1 :])
            line, value = found[-1]
            return PatternHint(name, (line.strip(),), _setting(asked, known), value)
    return None


def _values(lines: Sequence[str], name: str, text: str) -> list[tuple[str, float]]:
    """Return the lines in which a pattern reads a metric, each with the number."""
    try:
        pattern = patterns.compiled(text)
    except ValueError:
        return []
    read = ((line, pattern.values(line).get(name)) for line in lines)
    return [(line, value) for line, value in read if value is not None]


def _setting(asked: MetricsFrom | None, known: Sequence[str]) -> str:
    """Return the line of a config that has these patterns, and the files that it has already."""
    texts = [problems.quoted(text) for text in known]
    parts = [f"output: {texts[0] if len(texts) == 1 else '[' + ', '.join(texts) + ']'}"]
    files = {"json": asked.json, "csv": asked.csv} if asked else {}
    parts += [f"{kind}: {problems.quoted(path)}" for kind, path in files.items() if path]
    return f"metrics_from: {{{', '.join(parts)}}}"


def _lines(path: str) -> list[str]:
    """Return the first and the last lines of a file, nothing if it cannot be read."""
    try:
        with regular_files.opened(path) as file:
            size = os.fstat(file.fileno()).st_size
            pieces = [file.read(min(size, PIECE))]
            if size > PIECE:  # whole lines alone: half of a number is another one
                file.seek(max(PIECE, size - PIECE))
                rest = file.read(PIECE).partition(b"\n")[2]
                pieces = [pieces[0].rpartition(b"\n")[0], rest]
    except OSError:
        return []
    return [shown(line) for piece in pieces for line in piece.split(b"\n")]


def _short(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else f"…{line[-LONGEST_LINE:]}"
