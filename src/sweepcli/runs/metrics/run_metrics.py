"""All that one attempt at a run logs, from all its sources."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sweepcli import folders
from sweepcli.records import RunState
from sweepcli.runs import metrics
from sweepcli.runs.metrics import Reading, complaints
from sweepcli.runs.metrics.events import EventFile, Transcript
from sweepcli.runs.metrics.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sweepcli.records import Ending, Row, Run, SweepConfig
    from sweepcli.runs.metrics import Source
    from sweepcli.runs.metrics.wandb_runs import WandbRuns

EVENT_FILE = "to its event file"


class RunMetrics:
    """Reads what an attempt logs, while it runs, and adds it up.

    Made before the run starts, so that it knows what was there before; or, with `goes_on`, where
    another agent has begun to read.
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
        reading = Reading(run.id, folder, run.started_at or 0.0, goes_on, self._open_files)
        self.wandb: WandbRuns = metrics.source("wandb", wandb_dir, reading)
        self._sources: list[Source] = [self.wandb]
        if config.metrics_from is not None:
            for name, asked in config.metrics_from._asdict().items():
                self._sources += [metrics.source(name, asked, reading)] if asked else []
        events = os.path.join(folder, folders.EVENTS)
        self._transcript = Transcript(events, self._sources, goes_on=goes_on)
        self._events = EventFile(events)
        copied_from = config.metrics_from.origins if config.metrics_from else ()
        # Nothing was before a first attempt: what is known is of events that are read again.
        again = goes_on and run.attempt <= 1
        self.tally = Tally(config.metric, run.progress, copied_from=copied_from, again=again)
        self._run, self._config, self._wandb_dir = run, config, wandb_dir
        # Of an attempt that another agent has begun, this may be another machine.
        self._output = None if goes_on else reading.output

    def moved(self, folder: str) -> RunMetrics:
        """Return what reads the same attempt, from the start, in the folder to which it moved."""
        moved = RunMetrics(folder, self._run, self._config, wandb_dir=self._wandb_dir, goes_on=True)
        moved.open_files = self.open_files
        return moved

    def collect(self, *, ended: bool = False) -> tuple[list[Row], bool]:
        """Return the rows that are new, and whether that is all there is.

        A backlog comes in pieces of bounded size. Raises StoreUnavailable if the event file
        cannot be written for now.
        """
        self._transcript.copy(ended=ended)
        is_copied = not self._transcript.has_more
        rows = self.tally.add(self._events.drain(ended=ended and is_copied))
        return rows, is_copied and not self._events.has_more

    @property
    def read_up_to(self) -> int:
        """How many bytes of the event file were read."""
        return self._events.offset

    @property
    def channel(self) -> str | None:
        """How the run logs, for people; None until it has logged."""
        channels = [channel for source in self._sources if (channel := source.channel)]
        if self.tally.client:
            channels.append(f"through {self.tally.client}")
        if not channels and self.tally.has_rows:
            return EVENT_FILE
        return "; ".join(channels) or None

    def complaints(self, ending: Ending) -> list[str]:
        """Return what a person should know about what the run logged, once it has ended."""
        found: list[str | None] = [*self._events.complaints()]
        found += [] if self._events.trouble else self._transcript.complaints()
        found += complaints.about_removed(self._output) if self._output else []
        for source in self._sources:
            found += source.complaints()
        metric, rule = self._config.metric, self._config.early_terminate
        found.append(self._about_shared_steps())
        if ending.state is RunState.FINISHED:
            found += complaints.about_metrics(self._config.objectives, self.tally.progress)
            # A later attempt may only log the rest.
            if rule is not None and self._run.attempt == 1 and self.tally.count:
                found.append(complaints.about_few_values(metric, self.tally.count, rule))
        elif ending.exit_code is not None and ending.exit_code < 0:
            found.append(complaints.about_late_log(self.wandb.writes_late))
        return [text for text in dict.fromkeys(found) if text]

    def _about_shared_steps(self) -> str | None:
        metric, tally = self._config.metric, self.tally
        return complaints.about_shared_steps(metric, tally.shared_steps, is_figure=tally.is_figure)

    def _open_files(self) -> Iterable[str]:
        # Looked at only until the run has logged.
        return () if self.tally.has_rows else self.open_files()
