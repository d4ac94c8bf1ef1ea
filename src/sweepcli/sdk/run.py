"""A run as its training script sees it."""

from __future__ import annotations

import os
import time

from sweepcli import messages, wire
from sweepcli.errors import UsageError
from sweepcli.sdk import definitions, notices, rows
from sweepcli.sdk.config import Config
from sweepcli.sdk.events import EventFile
from sweepcli.sdk.kept import Keeper
from sweepcli.sdk.stop import STOP, RunStopped
from sweepcli.sdk.summary import Summary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType
    from typing import Any, Literal, Self

    from sweepcli.sdk.place import Place


class Run:
    """One run: `log()` writes a row, the rest says what the run is."""

    __slots__ = (
        "_about",
        "_at_finish",
        "_events",
        "_is_disabled",
        "_is_preempting",
        "_place",
        "_step",
        "_warnings",
        "config",
        "pid",
        "start_time",
        "summary",
    )
    url: None = None  # there is no page, as for the next two
    sweep_url: None = None
    project_url: None = None
    settings: None = None
    offline = True
    mode = "offline"
    starting_step = 0

    def __init__(
        self,
        place: Place,
        config: dict[str, Any],
        about: dict[str, Any],
        *,
        is_disabled: bool = False,
        allow_val_change: bool = False,
    ) -> None:
        self._place = place
        self._about = about
        self._is_disabled = is_disabled
        self._is_preempting = False
        self._step = 0
        self._warnings = notices.Warnings()
        self._at_finish: list[Callable[[], object]] = []
        self._events: EventFile | None = EventFile(place.events)
        self.start_time = time.time()
        self.pid = os.getpid()
        self.summary = Summary(self._write_summary)
        self.config = Config(
            config,
            place.params or (),
            changed=self._write_config,
            allow_val_change=allow_val_change,
        )
        self._introduce()
        self._write_config()

    @property
    def id(self) -> str:
        return self._place.id

    @property
    def entity(self) -> str:
        return self._place.entity

    @property
    def project(self) -> str:
        return self._place.project

    @property
    def path(self) -> str:
        return f"{self.entity}/{self.project}/{self.id}"

    @property
    def sweep_id(self) -> str | None:
        return self._place.sweep_id

    @property
    def dir(self) -> str | None:
        return self._place.folder

    @property
    def sync_dir(self) -> str | None:
        return self._place.folder

    @property
    def resumed(self) -> bool:
        return self._place.attempt > 1

    @property
    def disabled(self) -> bool:
        return self._is_disabled

    @property
    def is_running(self) -> bool:
        """Say whether the run can still be written to."""
        return self._events is not None

    @property
    def step(self) -> int:
        return self._step

    @property
    def group(self) -> str | None:
        return self._text("group")

    @property
    def job_type(self) -> str | None:
        return self._text("job_type")

    @property
    def name(self) -> str:
        return self._text("name") or self.id

    @name.setter
    def name(self, name: str) -> None:
        self._describe("name", name)

    @property
    def notes(self) -> str | None:
        return self._text("notes")

    @notes.setter
    def notes(self, notes: str) -> None:
        self._describe("notes", notes)

    @property
    def tags(self) -> tuple[str, ...]:
        return tuple(self._about["tags"])

    @tags.setter
    def tags(self, tags: Sequence[str] | None) -> None:
        self._describe("tags", tag_list(tags))

    def log(
        self,
        data: dict[str, Any],
        step: int | None = None,
        commit: bool | None = None,  # noqa: FBT001 -- W&B's signature
    ) -> None:
        """Write one row at once; without `step` or `commit=False` the next row is a new step."""
        if self._events is None:
            raise UsageError(f"run {self.id} is finished: log() comes before finish()")
        row = rows.read(data, self._warnings, self._keeper)
        if step is not None and not self._seek(int(step)):
            return
        self.summary.see(row)
        row[wire.STEP] = self._step
        row[wire.TIMESTAMP] = time.time()
        self._events.write(row)
        if commit or (commit is None and step is None):
            self._step += 1
        if STOP.is_wanted:
            raise RunStopped(f"run {self.id} is ended by its agent")

    def define_metric(
        self,
        name: str,
        step_metric: str | None = None,
        *,
        step_sync: bool | None = None,
        hidden: bool | None = None,
        summary: str | None = None,
        goal: str | None = None,
        overwrite: bool | None = None,
    ) -> None:
        """Say how a metric is summarised: a comma list of min, max, mean, last, first, none."""
        said = {
            "name": name,
            "summary": definitions.summary_kinds(name, summary),
            "step_metric": step_metric,
            "step_sync": step_sync,
            "hidden": hidden,
            "goal": goal,
            "overwrite": overwrite,
        }
        self._write(
            "define_metric", {key: value for key, value in said.items() if value is not None}
        )

    def mark_preempting(self) -> None:
        """Say that this machine is about to be taken away: an agent gives the run back."""
        if not self._is_preempting:
            self._is_preempting = True
            self._write("preempting", {})

    def finish(self, exit_code: int | None = None, *, quiet: bool | None = None) -> None:
        """Say that the script is done with this run; once is enough."""
        del quiet  # W&B's argument: there is no chatter to keep quiet
        self.end(exit_code or 0)

    def end(self, exit_code: int | None) -> None:
        """Write the end of the run; no exit code means that the script did not say."""
        if self._events is None:
            return
        for action in self._at_finish:
            try:
                action()
            except OSError as error:
                messages.warn(f"{error.filename}: cannot be kept: {error.strerror}")
        self._write("finish", {"exit_code": exit_code})
        self._events.close()
        self._events = None
        dropped = self._warnings.counts.get("step", 0)
        if dropped > 1:
            messages.warn(f"{dropped} rows were dropped because their step had passed.")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> Literal[False]:
        is_clean = kind is None or (isinstance(error, SystemExit) and not error.code)
        self.finish(exit_code=0 if is_clean else 1)
        return False

    def __getattr__(self, name: str) -> Callable[..., Any]:
        from sweepcli.sdk import less_usual as elsewhere  # noqa: PLC0415 -- for what few scripts do

        return elsewhere.method(self, name)

    def __repr__(self) -> str:
        return f"<sweepcli run {self.path}>"

    def at_finish(self, action: Callable[[], object]) -> None:
        """Do something just before the run ends."""
        self._at_finish.append(action)

    def write_event(self, kind: str, about: dict[str, Any]) -> None:
        """Write an event that is no row."""
        self._write(kind, about)

    def _keeper(self) -> Keeper:
        return Keeper(None if self.disabled else self.dir, self._step)

    def _seek(self, step: int) -> bool:
        if step < self._step:
            what = f"step {step} is before the current step {self._step}"
            self._warnings.once("step", f"Dropped what was logged: {what}; steps only go up.")
            return False
        self._step = step
        return True

    def _text(self, name: str) -> str | None:
        text = self._about[name]
        return None if text is None else str(text)

    def _describe(self, name: str, value: Any) -> None:
        self._about[name] = value
        self._introduce()

    def _introduce(self) -> None:
        where = {"project": self.project, "entity": self.entity}
        self._write("init", {**self._about, **where})

    def _write_config(self) -> None:
        self._write("config", {"config": self.config.as_dict()})

    def _write_summary(self, values: dict[str, Any]) -> None:
        self._write("summary", {"summary": values})

    def _write(self, kind: str, rest: dict[str, Any]) -> None:
        if self._events is None:
            raise UsageError(f"run {self.id} is finished: nothing can be added to it")
        self._events.write({wire.EVENT: kind, wire.TIMESTAMP: time.time(), **rest})


def tag_list(tags: Sequence[str] | None) -> list[str]:
    """Return the tags as a list; one string is one tag."""
    return [tags] if isinstance(tags, str) else [str(tag) for tag in tags or ()]
