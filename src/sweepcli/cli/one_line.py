"""`sweepcli run -P NAME=VALUES -- COMMAND`: a sweep without a config file, from one line."""

from __future__ import annotations

import os
import time
from contextlib import closing
from typing import TYPE_CHECKING

from sweepcli import folders
from sweepcli.agents.options import AgentCall
from sweepcli.cli import making, printing, running
from sweepcli.errors import LaunchError, StoreError, UnknownRun, UsageError
from sweepcli.messages import say, warn
from sweepcli.records import UNFINISHED
from sweepcli.runs import preflight, program_parser, programs
from sweepcli.sweep_config import load, macros, one_line
from sweepcli.sweep_config.problems import InvalidConfig
from sweepcli.sweep_config.starters import is_python, is_setting
from sweepcli.sweeps import controller
from sweepcli.views import best as best_runs
from sweepcli.views import command_line, next_command, terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.agents.options import AgentOptions
    from sweepcli.agents.report import AgentReport
    from sweepcli.records import Sweep, SweepConfig
    from sweepcli.stores import Store
    from sweepcli.stores.location import Location
    from sweepcli.sweep_config.load import Loaded
    from sweepcli.sweep_config.one_line import Options
    from sweepcli.views.best import Best


def run(line: Options, chosen: AgentOptions, location: Location, *, as_json: bool) -> int:
    """Create the sweep, run it, print its best run and how to run that again."""
    location = location.for_new
    call = AgentCall((), location, chosen, as_json=as_json, has_answer=True)
    options = running.on_this_machine(call)
    loaded = _loaded(line)
    if len(options.slots) > 1:
        _check_files(loaded.config)
    preflight.check(loaded.config, lambda _: None, has_gpus=chosen.gpus is not None)
    sweep = making.created(loaded, location, {"entity": line.entity, "project": line.project})
    record = folders.sweep_record(location.results, sweep)
    making.announce(sweep, location.results, f"Its config is kept in: {record}")
    with closing(running.opened(location.database)) as store:
        report = running.work(store, [sweep], options, location)
        found = _best(store, sweep, location)
        if as_json:
            printing.json(_record(sweep, found, report, location))
        elif found is not None:
            printing.lines(found.lines(terminal.longest()))
            printing.commands(found.commands(location.results))
            rerun = location.line("sweep rerun", found.runs[0].id)
            for text in (command_line.note(sweep, rerun), *best_runs.rivals(store, found)):
                if text:
                    say(text)
        if not (as_json or options.is_quiet):
            printing.next_command(_next(store, sweep, report, found), location)
    return report.exit_code


def _loaded(line: Options) -> Loaded:
    """Return the config of the line, with what was decided for it; raise if it cannot run."""
    given = one_line.read(line)
    try:
        loaded = load.load_options(given)
        if line.args_style is None and (advice := program_parser.advice(loaded.config)):
            given = one_line.read(line, form=advice.form)
            given.notes.append(
                f"{advice.program} uses {advice.parser}: params are passed as {advice.written} "
                "(--args-style wandb passes them as --NAME=VALUE)"
            )
            loaded = load.load_options(given)
    except InvalidConfig as error:
        raise UsageError(str(error)) from None
    _check_program(line.command)
    if controller.total(loaded.config) is None:
        raise UsageError(f"--method {loaded.config.method}: has no end of runs (add --runs N)")
    say("Creating sweep from: the command line")
    for warning in loaded.warnings:
        warn(str(warning))
    for note in given.notes:
        say(note)
    return loaded


def _check_files(config: SweepConfig) -> None:
    """Raise UsageError if runs at the same time would write their metric into one file."""
    written = config.metrics_from and (config.metrics_from.csv or config.metrics_from.json)
    if written and folders.RUN_DIR_MACRO not in written:
        own = f"{folders.RUN_DIR_MACRO}/{os.path.basename(written)}"
        raise UsageError(
            f"--metric {written}: runs at the same time would write one file: write "
            f"'{own}' here and in COMMAND, or run one at a time, without -j"
        )


def _check_program(words: Sequence[str]) -> None:
    """Raise LaunchError if what a command starts is not there: each of its runs would fail."""
    first = words[0]
    if len(first.split()) > 1 and not os.path.isfile(first):
        fix = "write its words apart, as in -- python train.py; a shell's line as -- sh -c '…'"
        raise LaunchError(f"cannot start {first!r}: no such program: {fix}")
    if not first.endswith(".py") and not macros.mentioned(first):
        _check_start(first)
    script = first if not is_python(first) else next(iter(words[1:]), "")
    if script.endswith(".py") and not macros.mentioned(script) and not os.path.isfile(script):
        raise LaunchError(f"no file {script!r} in {os.getcwd()}: nothing is created")


def _check_start(program: str) -> None:
    """Raise LaunchError, with what to do, if a program cannot be started."""
    if os.sep in program:
        found = os.path.isfile(program) and os.access(program, os.X_OK)
    else:
        found = programs.find_program(program) is not None
    if found:
        return
    why, fix = "no such program", ""
    if is_setting(program):
        fix = f": write `env {program} …`, or -P NAME=1,2 without the braces that a shell expands"
    elif os.path.isfile(program):
        is_runnable = os.access(program, os.X_OK)
        why = "it is not on the PATH" if is_runnable else "it is not executable"
        fix = f": write ./{program}" if is_runnable else f": write `sh {program}`, or `chmod +x` it"
    raise LaunchError(f"cannot start {program!r}: {why}{fix}")


def _best(store: Store, sweep: Sweep, location: Location) -> Best | None:
    """Return the best run so far; say so if a metric was given and there is none."""
    config = sweep.config
    if config.metric is None:
        return None
    try:
        return best_runs.of(store, sweep, None, location.results)
    except StoreError as error:
        say(f"no best run can be shown: {error}")
    except UnknownRun:
        name = config.metric.name
        how = f"; where it is printed, write --metric '{name}: {{{name}}}'"
        say(f"no run has a value of {name!r}{'' if config.metrics_from else how}")
    return None


def _record(
    sweep: Sweep, found: Best | None, report: AgentReport, location: Location
) -> dict[str, object]:
    return {
        "path": sweep.path,
        "config": folders.sweep_record(location.results, sweep),
        "best": found and found.records(time.time())[0],
        "command": found and found.commands(location.results)[0],
        **report.record(),
    }


def _next(store: Store, sweep: Sweep, report: AgentReport, found: Best | None) -> str:
    """Return the next command: why runs failed, the agent while some are left, or what matters."""
    if found is None and report.runs.failed:
        return f"sweep logs {report.runs.failed[-1]}"
    try:
        is_open = store.sweep(sweep.id).state in UNFINISHED
    except StoreError:
        is_open = True
    return next_command.of_sweep("agent" if is_open else "sweep show", sweep)
