"""The current run of this process, and the functions of `import sweepcli` that act on it."""

from __future__ import annotations

import atexit
import os

from sweepcli import env, messages
from sweepcli.errors import UsageError
from sweepcli.sdk import config as configs
from sweepcli.sdk import place, sources
from sweepcli.sdk.run import Run, tag_list

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

# W&B's arguments that mean nothing without a server, or are always so here.
IGNORED = {
    *("allow_reinit", "anonymous", "config_paths", "force", "fork_from", "magic", "monitor_gym"),
    *("resume", "resume_from", "save_code", "settings", "sync_tensorboard", "tensorboard"),
}
NEW_RUN = (True, "finish_previous", "create_new")  # the last leaves the current run alone


class Session:
    """Holds the current run; there is one session in a process."""

    __slots__ = ("_is_hooked", "_run", "client")

    def __init__(self) -> None:
        self.client = "sweepcli's SDK"  # what the script imports, for people
        self._run: Run | None = None
        self._is_hooked = False

    @property
    def run(self) -> Run | None:
        """Return the run that has begun and not ended."""
        return self._run if self._run is not None and self._run.is_running else None

    def begin(self, run: Run) -> None:
        """Make this the current run until it ends."""
        self._run = run
        if not self._is_hooked:
            self._is_hooked = True
            atexit.register(self.close)

    def close(self) -> None:
        """End the current run as the process ends, without a word about its success."""
        # A forked worker leaves the run to the process that began it.
        run = self.run
        if run is not None and run.pid == os.getpid():
            run.end(None)

    def needed(self, use: str) -> Run:
        """Return the current run; raise if there is none."""
        run = self.run
        if run is None:
            raise UsageError(f"You must call sweepcli.init() before sweepcli.{use}")
        return run


SESSION = Session()


def init(  # noqa: PLR0913 -- W&B's signature
    *,
    project: str | None = None,
    entity: str | None = None,
    dir: str | os.PathLike[str] | None = None,  # noqa: A002 -- W&B's name
    id: str | None = None,  # noqa: A002 -- W&B's name
    name: str | None = None,
    notes: str | None = None,
    tags: Sequence[str] | None = None,
    config: Any = None,
    group: str | None = None,
    job_type: str | None = None,
    mode: str | None = None,
    reinit: bool | str | None = None,
    allow_val_change: bool | None = None,
    config_include_keys: Sequence[str] | None = None,
    config_exclude_keys: Sequence[str] | None = None,
    **ignored: Any,
) -> Run:
    """Begin a run, or return the one that has begun; see `docs/events.md` for what it writes."""
    _refuse_unknown(ignored)
    active = SESSION.run
    if active is not None and reinit not in NEW_RUN:
        messages.say(f"init() again: run {active.id} goes on.")
        return active
    if reinit != "create_new":
        finish()
    about = _about(tags, name=name, notes=notes, group=group, job_type=job_type)
    own = configs.chosen(sources.read(config), config_include_keys, config_exclude_keys)
    is_disabled = (mode or os.environ.get("WANDB_MODE")) == "disabled"
    where = _place({"project": project, "entity": entity, "id": id}, dir)
    values = _config(where, own)
    _prepare(where, values, is_disabled=is_disabled)
    run = Run(
        where, values, about, is_disabled=is_disabled, allow_val_change=bool(allow_val_change)
    )
    if SESSION.run is None:
        SESSION.begin(run)
    return run


def log(
    data: dict[str, Any],
    step: int | None = None,
    commit: bool | None = None,  # noqa: FBT001 -- W&B's signature
) -> None:
    """Log a row of values in the current run."""
    SESSION.needed("log()").log(data, step, commit)


def finish(exit_code: int | None = None, *, quiet: bool | None = None) -> None:
    """Finish the current run, if there is one."""
    run = SESSION.run
    if run is not None:
        run.finish(exit_code, quiet=quiet)


join = finish  # W&B's older name


def define_metric(name: str, step_metric: str | None = None, **options: Any) -> None:
    """Say how a metric of the current run is summarised."""
    SESSION.needed("define_metric()").define_metric(name, step_metric, **options)


def mark_preempting() -> None:
    """Say that this machine is about to be taken away."""
    SESSION.needed("mark_preempting()").mark_preempting()


def login(*_: Any, **__: Any) -> bool:
    """Return True: there is no account."""
    return True


def _about(tags: Sequence[str] | None, **texts: str | None) -> dict[str, Any]:
    return {**texts, "tags": tag_list(tags), "client": SESSION.client}


def _refuse_unknown(ignored: dict[str, Any]) -> None:
    unknown = sorted(set(ignored) - IGNORED)
    if unknown:
        raise TypeError(f"init() got an unexpected keyword argument '{unknown[0]}'")


def _place(wanted: dict[str, str | None], directory: str | os.PathLike[str] | None) -> place.Place:
    if os.environ.get(env.EVENTS) and not _has_left_sweep():
        return place.given(wanted)
    return place.made_up(wanted, os.fspath(directory) if directory else None)


def _has_left_sweep() -> bool:
    """Return whether the script has taken W&B's variables out of its environment.

    So W&B's example of cross-validation keeps the runs of its folds apart from the sweep's run.
    """
    return env.WANDB in os.environ and "WANDB_SWEEP_ID" not in os.environ


def _config(where: place.Place, own: dict[str, Any]) -> dict[str, Any]:
    below = configs.merged(sources.defaults(), own)
    if where.params is not None:
        return configs.merged(below, where.params)
    firsts = sources.sweep_config_values(own)
    if firsts:
        shown = ", ".join(f"{key}={value!r}" for key, value in firsts.items())
        messages.say(f"No sweep runs this script; it gets first values: {shown}")
    return {**firsts, **below}


def _prepare(where: place.Place, values: dict[str, Any], *, is_disabled: bool) -> None:
    """Make the folder of a run, unless an agent has, or nothing is to be written."""
    if is_disabled:
        place.forget_files(where)
    elif not where.is_given:
        place.make_folder(where)
        place.write_params(where, values)
        messages.say(f"run {where.id} logs to {where.events}")
