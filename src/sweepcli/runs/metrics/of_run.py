"""All that one attempt at a run tells, from wherever it tells it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sweepcli import folders
from sweepcli.runs.metrics import complaints
from sweepcli.runs.metrics.events import EventFile
from sweepcli.runs.metrics.sources import Place
from sweepcli.runs.metrics.tally import Tally
from sweepcli.runs.metrics.transcript import Transcript
from sweepcli.runs.metrics.wandb_runs import WandbRuns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sweepcli.records import MetricsFrom, Row, Run, SweepConfig
    from sweepcli.runs.metrics.sources import Source

EVENT_FILE = "into its event file"


class RunMetrics:
    """Reads what an attempt tells, as it tells it, and adds it up.

    Made before the run starts, so that it can tell what was there before; or, with `goes_on`,
    where another agent has begun to read.
    """

    open_files: Callable[[], Iterable[str]] = tuple  # by the run's processes, once there are any

    def __init__(
        self,
        folder: str,
        run: Run,
        config: SweepConfig,
        *,
        wandb_dir: str | None = None,
        goes_on: bool = False,
    ) -> None:
        output = os.path.join(folder, folders.OUTPUT)
        place = Place(run.id, output, run.started_at or 0.0, goes_on, self._open_files)
        self.wandb = WandbRuns(wandb_dir or folder, place)
        events = os.path.join(folder, folders.EVENTS)
        sources: list[Source] = [self.wandb]
        if config.metrics_from is not None:
            sources += _others(config.metrics_from, folder, place)
        self._transcript = Transcript(events, sources, goes_on=goes_on)
        self._events = EventFile(events)
        self.tally = Tally(config.metric, run.progress)

    def collect(self, *, ended: bool = False) -> tuple[list[Row], bool]:
        """Return the rows that are new, and whether that is all there is.

        A backlog comes in pieces of bounded size. Raises StoreUnavailable where the event file
        cannot be written for now.
        """
        self._transcript.copy(ended=ended)
        is_copied = not self._transcript.has_more
        rows = self.tally.add(self._events.drain(ended=ended and is_copied))
        return rows, is_copied and not self._events.has_more

    @property
    def way(self) -> str | None:
        """How the run tells its metrics, for people; None as long as it has not begun to."""
        ways = [way for source in self._transcript.sources if (way := source.way)]
        if self.tally.client:
            ways.append(f"through {self.tally.client}")
        if not ways and self.tally.has_rows:
            return EVENT_FILE
        return "; ".join(ways) or None

    def complaints(self) -> list[str]:
        """Return what a person should know about the files, once the run has ended."""
        path = self._events.path
        found = [
            complaints.about_bad_lines(path, self._events.bad_lines),
            complaints.about_replaced(path, was_replaced=self._events.was_replaced),
        ]
        sources = [text for source in self._transcript.sources for text in source.complaints()]
        return [*(text for text in found if text), *sources]

    def _open_files(self) -> Iterable[str]:
        # Looked at only as long as it is not known how the run tells its metrics.
        return () if self.tally.has_rows else self.open_files()


def _others(asked: MetricsFrom, folder: str, place: Place) -> Sequence[Source]:
    from sweepcli.runs.metrics import console, result_files  # noqa: PLC0415 -- for configs that ask

    found: list[Source] = []
    if asked.output:
        found.append(console.Console(asked.output, place))
    if asked.json is not None:
        is_lines = asked.json.endswith((".jsonl", ".ndjson"))
        kind = result_files.JsonLines if is_lines else result_files.JsonFile
        found.append(kind(asked.json, folder, place))
    if asked.csv is not None:
        found.append(result_files.CsvFile(asked.csv, folder, place))
    return found
