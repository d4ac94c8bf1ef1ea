"""What `import sweepcli` offers to a training script: `init()` and what acts on its run."""

from __future__ import annotations

import os

from sweepcli import env
from sweepcli.errors import SweepError
from sweepcli.messages import say, warn
from sweepcli.sdk import config as configs
from sweepcli.sdk import identity
from sweepcli.sdk.run import Run, tag_list
from sweepcli.sdk.session import SESSION, Current

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, Concatenate, ParamSpec, TypeVar

    P = ParamSpec("P")
    T = TypeVar("T")

# W&B's arguments that have no meaning without a server, or are always true here.
IGNORED = {
    *("allow_reinit", "anonymous", "config_paths", "force", "fork_from", "magic", "monitor_gym"),
    *("resume", "resume_from", "save_code", "settings", "sync_tensorboard", "tensorboard"),
}
NEW_RUN = (True, "finish_previous", "create_new")  # the last leaves the current run open

Error = CommError = SweepError  # W&B's names
config = Current("config")
summary = Current("summary")


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
    """Begin a run, or return the current one; `docs/events.md` says what it writes."""
    _refuse_unknown(ignored)
    active = SESSION.run
    if active is not None and reinit not in NEW_RUN:
        say(f"init() was called again: run {active.id} continues.")
        return active
    if reinit != "create_new":
        finish()
    about = _about(tags, name=name, notes=notes, group=group, job_type=job_type)
    own = configs.chosen(configs.read(config), config_include_keys, config_exclude_keys)
    is_disabled = (mode or os.environ.get("WANDB_MODE")) == "disabled"
    who = _identity({"project": project, "entity": entity, "id": id}, dir)
    values = _config(who, own)
    _prepare(who, values, is_disabled=is_disabled)
    run = Run(who, values, about, is_disabled=is_disabled, allow_val_change=bool(allow_val_change))
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


def _of_current_run(method: Callable[Concatenate[Run, P], T]) -> Callable[P, T]:
    """Return a function that calls a method of the current run."""
    name = method.__name__

    def call(*args: P.args, **options: P.kwargs) -> T:
        return method(SESSION.needed(f"{name}()"), *args, **options)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = method.__doc__
    return call


alert = _of_current_run(Run.alert)
define_metric = _of_current_run(Run.define_metric)
log_artifact = _of_current_run(Run.log_artifact)
log_model = _of_current_run(Run.log_model)
mark_preempting = _of_current_run(Run.mark_preempting)
restore = _of_current_run(Run.restore)
save = _of_current_run(Run.save)
use_artifact = _of_current_run(Run.use_artifact)
use_model = _of_current_run(Run.use_model)


def login(*_: Any, **__: Any) -> bool:
    """Return True: there is no account."""
    return True


def termlog(string: str = "", *, newline: bool = True, repeat: bool = True) -> None:
    """Write a line of the script's own on stderr."""
    del newline, repeat  # W&B's arguments; a message is always a line
    say(string)


def termwarn(string: str, *, newline: bool = True, repeat: bool = True) -> None:
    """Write a warning of the script's own on stderr."""
    del newline, repeat
    warn(string)


def termerror(string: str, *, newline: bool = True, repeat: bool = True) -> None:
    """Write an error of the script's own on stderr."""
    del newline, repeat
    say(string, level="ERROR")


def _refuse_unknown(ignored: dict[str, Any]) -> None:
    unknown = sorted(set(ignored) - IGNORED)
    if unknown:
        raise TypeError(f"init() got an unexpected keyword argument '{unknown[0]}'")


def _about(tags: Sequence[str] | None, **texts: str | None) -> dict[str, Any]:
    """Return what the script says of its run, or W&B's variables where it says nothing."""
    for name in ("name", "notes"):
        texts[name] = texts[name] or os.environ.get(f"WANDB_{name.upper()}") or None
    if tags is None:
        tags = [tag for tag in os.environ.get("WANDB_TAGS", "").split(",") if tag]
    return {**texts, "tags": tag_list(tags), "client": SESSION.client}


def _identity(
    wanted: dict[str, str | None], directory: str | os.PathLike[str] | None
) -> identity.RunIdentity:
    if os.environ.get(env.EVENTS) and not _has_left_sweep():
        return identity.from_agent(wanted)
    return identity.made_up(wanted, os.fspath(directory) if directory else None)


def _has_left_sweep() -> bool:
    """Return whether the script has removed W&B's variables from its environment.

    W&B's example of cross-validation does, to keep the runs of its folds apart from the sweep's.
    """
    return env.WANDB in os.environ and "WANDB_SWEEP_ID" not in os.environ


def _config(who: identity.RunIdentity, own: dict[str, Any]) -> dict[str, Any]:
    below = configs.merged(configs.defaults(), own)
    if who.params is not None:
        return configs.merged(below, who.params)
    firsts = configs.sweep_config_values(own)
    if firsts:
        shown = ", ".join(f"{key}={value!r}" for key, value in firsts.items())
        say(f"No sweep runs this script: each parameter has its first value: {shown}")
    return {**firsts, **below}


def _prepare(who: identity.RunIdentity, values: dict[str, Any], *, is_disabled: bool) -> None:
    """Make the folder of a run, unless an agent has made it or nothing is to be written."""
    if is_disabled:
        who.forget_files()
    elif not who.is_from_agent:
        who.make_folder()
        who.write_params(values)
        say(f"run {who.id} logs to {who.events}")
