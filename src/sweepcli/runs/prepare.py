"""From a claimed run to a process: its folder, its command line, its environment."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import env, folders, regular_files
from sweepcli.errors import ConfigError, LaunchError, unwritable
from sweepcli.runs import attempt_record, paramfiles, processes, programs, wandb_use
from sweepcli.runs.attempt import RunningAttempt
from sweepcli.runs.metrics.run_metrics import RunMetrics
from sweepcli.runs.wandb_use import WandbUse
from sweepcli.sweep_config import command

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sweepcli.code.redirect import Redirect
    from sweepcli.errors import SweepError
    from sweepcli.records import Run, Sweep, SweepConfig
    from sweepcli.runs.launchers import Launcher
    from sweepcli.runs.slots import Slot
    from sweepcli.stores.location import Location


class Prepared(NamedTuple):
    """An attempt that only needs to be started."""

    run: Run
    folder: str
    argv: list[str]  # may hold secrets: never shown, never kept
    shown: list[str]  # the same with `${envvar:NAME}` as it is written
    variables: dict[str, str]  # of the run's environment, besides the agent's own


def prepare(  # noqa: PLR0913 -- all that a start depends on
    run: Run,
    sweep: Sweep,
    config: SweepConfig,
    slot: Slot,
    *,
    location: Location,
    interpreter: str,
    wandb: WandbUse = WandbUse.AUTO,
    frozen: Redirect | None = None,
) -> Prepared:
    """Make the folder of an attempt, write its params there, and return how to start it.

    Runs find their store by `location`, and their code by `frozen` if it is frozen.
    Raises ConfigError if the command line cannot be made, LaunchError if an earlier attempt has put
    something in the way of the folder or its files, FolderError if the results directory cannot be
    written, StoreUnavailable on a full disk.
    """
    folder = folders.last_attempt_folder(location.results, sweep, run)
    checkpoints = folders.checkpoint_folder(location.results, sweep, run.id)
    variables = {
        **_variables(run, sweep, folder, location),
        **wandb_use.variables(wandb, _wandb_identity(run, sweep, folder), folder, os.environ),
        env.CHECKPOINT_DIR: checkpoints,
        env.PORT: str(programs.free_port()),
        **slot.environment(),
    }
    argv, shown = _command_lines(run, config, interpreter, variables)
    if frozen:
        variables |= frozen.variables(shown, {**os.environ, **variables})
        argv, shown = frozen.argv(argv), frozen.argv(shown)
    texts = {
        folders.PARAMS_JSON: paramfiles.params_json(run.params),
        folders.PARAMS_YAML: paramfiles.wandb_yaml(run.params),
        folders.COMMAND: attempt_record.begun(run, shown, _without_params(variables)),
    }
    _write(texts, folder, checkpoints)
    with suppress(OSError):  # of a `sweep rm` that was killed before it took effect
        os.unlink(folders.removal_mark(folders.sweep_folder(location.results, sweep)))
    return Prepared(run, folder, argv, shown, variables)


def _command_lines(
    run: Run, config: SweepConfig, interpreter: str, variables: Mapping[str, str]
) -> tuple[list[str], list[str]]:
    """Return a run's arguments, and the same to be shown and kept.

    In the second, macros of environment variables are not expanded: they may be secret keys. It
    is made first, so that an error quotes it.
    """
    expand = partial(
        command.argv,
        config.command,
        run.params,
        program=config.program,
        interpreter=interpreter,
        own=_own_macros(variables),
        style=config.args_style,
    )
    withheld = command.withheld(config.command)
    shown = expand(environ=withheld)
    if not shown:
        raise ConfigError("command: for these params it is empty: begin it with a program")
    return expand(environ=os.environ) if withheld else shown, shown


def _own_macros(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the values of the macros that are only known when a run starts."""
    return {
        "args_json_file": variables[env.PARAMS_FILE],
        "slot": variables[env.SLOT],
        "gpu": variables[env.GPUS],
        "port": variables[env.PORT],
        "checkpoint_dir": variables[env.CHECKPOINT_DIR],
        "run_dir": variables[env.RUN_DIR],
    }


def _without_params(variables: Mapping[str, str]) -> dict[str, str]:
    about_params = (env.PARAMS, env.PARAM_PREFIX)
    return {name: text for name, text in variables.items() if not name.startswith(about_params)}


def _write(files: Mapping[str, str], folder: str, checkpoints: str) -> None:
    """Make an attempt's folders; their files are not read before the program starts."""
    try:
        os.makedirs(checkpoints, exist_ok=True)
        if os.path.islink(folder):  # an earlier attempt's, which may lead anywhere
            os.unlink(folder)
        os.makedirs(folder, exist_ok=True)
        for name, text in files.items():
            fd = regular_files.fresh(os.path.join(folder, name))
            with open(fd, "w", encoding="utf-8") as file:
                file.write(text)
        events = os.path.join(folder, folders.EVENTS)
        if os.path.lexists(events) and not os.path.isfile(events):
            os.close(regular_files.fresh(events))
    except OSError as error:
        raise _refused(error, folder) from error


def _refused(error: OSError, folder: str) -> SweepError:
    """Return the error for the folder of an attempt that cannot be written.

    It is the run's own if an earlier attempt at it is to blame: other runs are not in its way.
    """
    what, run_folder = "cannot write the run's folder", os.path.dirname(folder)
    may_pass = error.errno in regular_files.MAY_PASS
    if may_pass or not os.access(os.path.dirname(run_folder), os.W_OK | os.X_OK):
        return unwritable(what, error)
    if isinstance(error, PermissionError) and not _is_ours(run_folder):
        return unwritable(what, error)
    return LaunchError(f"{what}: {error}; an earlier attempt at the run has left this there")


def _is_ours(path: str) -> bool:
    try:
        return os.lstat(path).st_uid == os.geteuid()
    except OSError:
        return False


def start(
    prepared: Prepared, config: SweepConfig, launcher: Launcher = processes.start
) -> RunningAttempt:
    """Start the program of an attempt; raise LaunchError if the system refuses."""
    output = os.path.join(prepared.folder, folders.OUTPUT)
    try:
        output_fd = regular_files.fresh(output, os.O_RDWR | os.O_APPEND)
    except OSError as error:
        raise _refused(error, prepared.folder) from error
    metrics = RunMetrics(
        prepared.folder, prepared.run, config, wandb_dir=os.environ.get("WANDB_DIR")
    )
    try:
        process = launcher(prepared.argv, environment(prepared, os.environ), output_fd)
    except LaunchError as error:
        words = prepared.shown[0].split()
        cure = f" (one argument each: write {', '.join(words)})" if len(words) > 1 else ""
        raise LaunchError(f"cannot start {prepared.shown[0]!r:.80}{cure:.80}: {error}") from error
    finally:
        os.close(output_fd)
    return RunningAttempt(prepared.run, prepared.folder, config, metrics, process)


def environment(prepared: Prepared, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the whole environment of a run: the agent's own, and the variables of `env.SET`."""
    inherited = {"PYTHONUNBUFFERED": "1", **environ}
    inherited.pop("WANDB_SERVICE", None)  # of another process; W&B's agent drops it too
    stale = [name for name in inherited if name.startswith(env.PARAM_PREFIX)]
    for name in stale:
        del inherited[name]
    return {**inherited, **prepared.variables}


def _variables(run: Run, sweep: Sweep, folder: str, location: Location) -> dict[str, str]:
    return {
        env.DIR: location.results,
        **({env.STORE: location.store} if location.store else {}),
        env.ENTITY: sweep.entity,
        env.PROJECT: sweep.project,
        env.SWEEP_ID: sweep.id,
        env.AGENT_ID: str(run.agent_id),
        env.RUN_ID: run.id,
        env.ATTEMPT: str(run.attempt),
        env.RESUMED: "true" if run.attempt > 1 else "false",
        env.RUN_DIR: folder,
        env.EVENTS: os.path.join(folder, folders.EVENTS),
        env.PARAMS_FILE: os.path.join(folder, folders.PARAMS_JSON),
        **paramfiles.environment(run.params),
    }


def _wandb_identity(run: Run, sweep: Sweep, folder: str) -> dict[str, str]:
    return {
        "WANDB_SWEEP_ID": sweep.id,
        "WANDB_RUN_ID": run.id,
        "WANDB_SWEEP_PARAM_PATH": os.path.join(folder, folders.PARAMS_YAML),
        "WANDB_ENTITY": sweep.entity,
        "WANDB_PROJECT": sweep.project,
    }
