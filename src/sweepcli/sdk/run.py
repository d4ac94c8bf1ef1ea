"""A run as its training script sees it."""

from __future__ import annotations

import os
import time
from functools import partial

from sweepcli import ids, messages, wire
from sweepcli.errors import UsageError
from sweepcli.public_names import NO_EFFECT
from sweepcli.sdk import rows
from sweepcli.sdk.config import Config
from sweepcli.sdk.events import EventFile
from sweepcli.sdk.summary import Summary, goal_word, summary_kinds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType
    from typing import IO, Any, Literal, Self

    from sweepcli.sdk.identity import RunIdentity
    from sweepcli.sdk.media.artifacts import Artifact
    from sweepcli.sdk.media.files import MediaFolder
    from sweepcli.sdk.media.plot import Chart


class AlertLevel:
    """How urgent an alert is."""

    INFO, WARN, ERROR = "INFO", "WARN", "ERROR"


class RunStopped(BaseException):  # `except Exception` in a training loop must not catch it
    """The agent that runs this function wants its run to end."""


class Stop:
    """Whether an agent in another thread wants the current run, a function's call, to end."""

    __slots__ = ("is_wanted",)

    def __init__(self) -> None:
        self.is_wanted = False

    def set(self) -> None:
        self.is_wanted = True

    def clear(self) -> None:
        self.is_wanted = False


STOP = Stop()


class Run:
    """One run: `log()` writes a row, `finish()` ends it, `config` and `summary` are its values."""

    __slots__ = (
        "_about",
        "_at_finish",
        "_events",
        "_identity",
        "_init",
        "_is_disabled",
        "_is_preempting",
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
        identity: RunIdentity,
        config: dict[str, Any],
        about: dict[str, Any],
        *,
        is_disabled: bool = False,
        allow_val_change: bool = False,
    ) -> None:
        self._identity = identity
        self._init = ids.new_id()  # other ranks, and other calls of `init()`, have another one
        self._about = about
        self._is_disabled = is_disabled
        self._is_preempting = False
        self._step = 0
        self._warnings = messages.Warnings()
        self._at_finish: list[Callable[[], object]] = []
        self._events: EventFile | None = EventFile(identity.events)
        self.start_time = time.time()  # seconds since the epoch
        self.pid = os.getpid()
        self.summary = Summary(self._write_summary)
        self.config = Config(
            config,
            identity.params or (),
            changed=self._write_config,
            allow_val_change=allow_val_change,
        )
        self._introduce()
        self._write_config()

    @property
    def id(self) -> str:
        return self._identity.id

    @property
    def entity(self) -> str:
        return self._identity.entity

    @property
    def project(self) -> str:
        return self._identity.project

    @property
    def path(self) -> str:
        return f"{self.entity}/{self.project}/{self.id}"

    @property
    def sweep_id(self) -> str | None:
        return self._identity.sweep_id

    @property
    def dir(self) -> str | None:
        return self._identity.folder

    @property
    def sync_dir(self) -> str | None:
        return self._identity.folder

    @property
    def resumed(self) -> bool:
        return self._identity.attempt > 1

    @property
    def disabled(self) -> bool:
        return self._is_disabled

    @property
    def is_running(self) -> bool:
        """Whether the run can still be written to."""
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
        """Write one row at once; without `step` or `commit=False` the next row is a new step.

        Raises TypeError if `data` is not a dict with text as keys, UsageError after `finish()`,
        and RunStopped if the agent that runs this function wants the run to end.
        """
        if self._events is None:
            raise UsageError(f"run {self.id} is finished: call log() before finish()")
        row = rows.row(data, self._warnings, self._media_folder)
        if step is not None and not self._seek(int(step)):
            return
        self.summary.add_row(row)
        row[wire.INIT] = self._init
        row[wire.STEP] = self._step
        row[wire.TIMESTAMP] = time.time()
        self._events.write(row)
        if commit or (commit is None and step is None):
            self._step += 1
        if STOP.is_wanted:
            raise RunStopped(f"run {self.id} was stopped by its agent")

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
        """Choose how a metric is summarised.

        `summary` is a comma list of min, max, mean, last, first, best and none, `goal` is minimize
        or maximize; any other word raises UsageError.
        """
        options = {
            "name": name,
            "summary": summary_kinds(name, summary),
            "step_metric": step_metric,
            "step_sync": step_sync,
            "hidden": hidden,
            "goal": goal_word(name, goal),
            "overwrite": overwrite,
        }
        self._write(
            "define_metric", {key: value for key, value in options.items() if value is not None}
        )

    def mark_preempting(self) -> None:
        """Announce that this machine will soon be taken away; the agent then gives the run back."""
        if not self._is_preempting:
            self._is_preempting = True
            self._write("preempting", {})

    def finish(self, exit_code: int | None = None, *, quiet: bool | None = None) -> None:
        """End the run; later calls do nothing."""
        del quiet  # W&B's argument: nothing is printed at the end
        self.end(exit_code or 0)

    def end(self, exit_code: int | None) -> None:
        """Write the end of the run; without an exit code the script did not say how it ended."""
        if self._events is None:
            return
        for action in self._at_finish:
            try:
                action()
            except OSError as error:
                messages.warn(f"{error.filename}: cannot be saved: {error.strerror}")
        self._write("finish", {"exit_code": exit_code})
        self._events.close()
        self._events = None
        dropped = self._warnings.counts.get("step", 0)
        if dropped > 1:
            messages.warn(f"{dropped} rows were dropped: their steps were before the current one.")

    def alert(self, title: str, text: str, level: Any = None, wait_duration: Any = None) -> None:
        """Write a message to stderr, and to the event file."""
        del wait_duration  # W&B's limit on e-mails
        urgency = str(level or AlertLevel.INFO)
        messages.say(f"{title}: {text}", level=f"ALERT {urgency}")
        self._write("alert", {"title": title, "text": text, "level": urgency})

    def log_artifact(
        self,
        /,
        artifact_or_path: Any,
        name: str | None = None,
        type: str | None = None,  # noqa: A002 -- W&B's name
        aliases: Sequence[str] | None = None,
        **_: Any,
    ) -> Artifact:
        """Copy an artifact, or a file or folder as one, into the run's folder."""
        from sweepcli.sdk.media import artifacts  # noqa: PLC0415 -- few scripts need it

        artifact = artifact_or_path
        if not isinstance(artifact, artifacts.Artifact):
            artifact = artifacts.of_path(os.fspath(artifact_or_path), name, type, self.id)
        folder = None if self.disabled else self.dir
        artifact.log_into(folder, [aliases] if isinstance(aliases, str) else aliases)
        return artifact

    def log_model(
        self, path: Any, name: str | None = None, aliases: Sequence[str] | None = None
    ) -> None:
        """Copy a model's file or folder into the run's folder, as an artifact."""
        self.log_artifact(path, name, "model", aliases)

    def use_artifact(self, artifact_or_name: Any, *_: Any, **__: Any) -> Artifact:
        """Return an artifact that a run of this project logged: the newest, or the version named.

        Raises SweepError if there is none on this machine.
        """
        from sweepcli.sdk.media import artifacts  # noqa: PLC0415 -- few scripts need it

        return artifacts.found(artifact_or_name, self.entity, self.project)

    def use_model(self, name: str) -> str:
        """Return the path of a logged model: of its file, if it is one file."""
        artifact = self.use_artifact(name)
        files = artifact.files()
        return files[0].path if len(files) == 1 else artifact.download()

    def save(
        self, /, glob_str: Any = None, base_path: Any = None, policy: str = "live", **_: Any
    ) -> list[str]:
        """Copy the files that match, now and when the run finishes; return the copies' paths."""
        from sweepcli.sdk.media import artifacts  # noqa: PLC0415 -- few scripts need it

        if glob_str is None or self.dir is None or self.disabled:
            return []
        copy = partial(artifacts.copy_matching, glob_str, base_path, self.dir)
        if policy != "now":
            self._at_finish.append(copy)
        return copy()

    def restore(self, name: str, *_: Any, **__: Any) -> IO[str] | None:
        """Open a file that `save()` has copied, if there is one."""
        from sweepcli.sdk.media import artifacts  # noqa: PLC0415 -- few scripts need it

        path = os.path.join(self.dir or "", artifacts.SAVED, name)
        return open(path, encoding="utf-8") if os.path.exists(path) else None

    def plot_table(self, *args: Any, **options: Any) -> Chart:
        """Return a chart of the script's own design."""
        from sweepcli.sdk.media import plot  # noqa: PLC0415 -- few scripts need it

        return plot.plot_table(*args, **options)

    def join(self, exit_code: int | None = None) -> None:
        """Finish the run: W&B's older name."""
        self.finish(exit_code)

    def project_name(self) -> str:
        """Return the project: W&B's older name."""
        return self.project

    def get_url(self) -> str | None:
        """Return None: there is no page."""
        return self.url

    get_project_url = get_sweep_url = get_url

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
        """Return a method that has no effect on one machine, such as `watch`."""
        if name not in NO_EFFECT:
            raise AttributeError(f"a run has no '{name}'")
        from sweepcli.sdk import no_effect  # noqa: PLC0415 -- few scripts need it

        method: Callable[..., Any] = getattr(no_effect, name)
        return method

    def _label(self, *_: Any, **__: Any) -> None:
        """Do nothing: frameworks call it to report their use to W&B."""

    def __repr__(self) -> str:
        return f"<sweepcli run {self.path}>"

    def _media_folder(self) -> MediaFolder:
        from sweepcli.sdk.media.files import MediaFolder  # noqa: PLC0415 -- few scripts need it

        return MediaFolder(None if self.disabled else self.dir, self._step)

    def _seek(self, step: int) -> bool:
        if step < self._step:
            what = f"step {step} is before the current step {self._step}"
            self._warnings.once("step", f"Dropped a logged row: {what}; steps must not decrease.")
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
        names = {"project": self.project, "entity": self.entity}
        self._write("init", {**self._about, **names})

    def _write_config(self) -> None:
        self._write("config", {"config": self.config.as_dict()})

    def _write_summary(self, given: dict[str, Any]) -> None:
        self._write("summary", {"summary": given})

    def _write(self, kind: str, rest: dict[str, Any]) -> None:
        if self._events is None:
            raise UsageError(f"run {self.id} is finished: it cannot be changed")
        given = {wire.EVENT: kind, wire.INIT: self._init, wire.TIMESTAMP: time.time()}
        self._events.write({**given, **rest})


def tag_list(tags: Sequence[str] | None) -> list[str]:
    """Return the tags as a list; one string is one tag."""
    return [tags] if isinstance(tags, str) else [str(tag) for tag in tags or ()]
