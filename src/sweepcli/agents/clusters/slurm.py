"""SLURM: an array of tasks, each of them an agent that works through many runs.

Only options and formats that SLURM has had since 20.x. What SLURM thinks of a task changes
nothing about its runs: an agent's own signs of life decide whether they are lost.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import env, folders, regular_files
from sweepcli.agents.clusters.order import agent_program
from sweepcli.agents.options import Option, number
from sweepcli.errors import FolderError, LaunchError, UsageError
from sweepcli.messages import say, warn
from sweepcli.stores.location import has_password, is_url

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sweepcli.agents.clusters.order import Order
    from sweepcli.records import Sweep
    from sweepcli.stores.location import Location

NOTICE_S = 90  # before the time limit; a run that is told to end takes 60 s at most by default
OVER = "COMPLETING"  # still listed, though nobody can cancel it any more
ONE_MACHINE = """\
the database is a file in {folder}: all nodes that SLURM chooses must be this one machine.
For others, create and launch the sweep with {store}=postgresql://USER@HOST/NAME"""


OPTIONS = {
    "at_most": number("--at-most", "SLURM: the most agents that run at a time."),
    "sbatch": Option("--sbatch", "SLURM: any option of sbatch.", "OPTION", tuple, is_multiple=True),
    "setup": Option("--setup", "SLURM: shell before the agent.", "LINE", tuple, is_multiple=True),
    "prints": Option("--print", "SLURM: print the script, submit nothing."),
    "as_json": Option("--json", "SLURM: answer in JSON."),
    # About agents that were launched before; `sweep launch` does not call `run` for these.
    "shows_jobs": Option("--status", "SLURM: list agents, launch none."),
    "cancels": Option("--cancel", "SLURM: end all agents of the sweep."),
}


class Job(NamedTuple):
    """A task of ours, in the words of `squeue`."""

    id: str
    state: str
    node: str
    reason: str  # why it waits


def run(
    order: Order,
    *,
    at_most: int | None = None,
    sbatch: Sequence[str] = (),
    setup: Sequence[str] = (),
    prints: bool = False,
    as_json: bool = False,
) -> int:
    """Submit agents and print the job's id; with `prints`, print their script and do no more."""
    text = script(order, os.getcwd(), at_most=at_most, sbatch=sbatch, setup=setup)
    folder = _folder(order)
    # Also for a script that somebody else submits: SLURM makes no folder.
    _make(order.location.results, folder)
    if not is_url(order.location.database):
        warn(ONE_MACHINE.format(folder=order.location.database, store=env.STORE))
    if prints:
        print(text, end="")  # noqa: T201 -- the answer
        return 0
    job = _submit(text, order.environment)
    saved = _save(text, os.path.join(folder, f"{job}.sh"))
    answer = {"path": order.sweep.path, "job": job, "script": saved}
    print(json.dumps(answer) if as_json else job, flush=True)  # noqa: T201 -- the answer
    return 0


# The script


def script(
    order: Order,
    here: str,
    *,
    at_most: int | None = None,
    sbatch: Sequence[str] = (),
    setup: Sequence[str] = (),
) -> str:
    """Return the script of a job that starts agents in the folder `here`."""
    lines = [
        "#!/bin/bash",
        f"# Agents for the sweep {order.sweep.path}, as `sweep launch` asks SLURM for them.",
        *(f"#SBATCH {words}" for words in _directives(order, at_most, sbatch)),
        "",
        f"cd {shlex.quote(here)} || exit",
        *setup,
        *_store_lines(order.location),
        _last_line(order, has_setup=bool(setup)),
    ]
    return "\n".join(lines) + "\n"


def _directives(order: Order, most: int | None, sbatch: Sequence[str]) -> list[str]:
    wrong = [words for words in sbatch if not words.startswith("-") or "\n" in words]
    if wrong:
        raise UsageError(f"--sbatch {wrong[0]!r}: write an option of sbatch, as in --time=4:00:00")
    at_most = f"%{most}" if most else ""
    # A percent sign begins a name that SLURM fills in.
    output = os.path.join(_folder(order).replace("%", "%%"), "%A_%a.out")
    return [
        f"--job-name={_job_name(order.sweep)}",
        f"--array=0-{order.agents - 1}{at_most}",
        "--ntasks=1",
        *([f"--cpus-per-task={order.cpus}"] if order.cpus else []),
        *([f"--gres=gpu:{order.gpus}"] if order.gpus else []),
        f"--output={_quoted(output)}",
        "--open-mode=append",  # a task that is requeued goes on with its file
        "--requeue",
        f"--signal=B:USR1@{NOTICE_S}",  # to the script alone, which is the agent by then
        *sbatch,  # the last word on an option is the one that counts
    ]


def _quoted(text: str) -> str:
    """Return a word as sbatch reads it: between double quotes, a backslash escapes."""
    if all(sign.isalnum() or sign in "/%._-+=:,@" for sign in text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _store_lines(location: Location) -> list[str]:
    """Return what gives the agents the database, and shows no password."""
    if not location.store:
        return []
    if not has_password(location.store):
        return [f"export {env.STORE}={shlex.quote(location.store)}"]
    return [
        f"# {env.STORE} holds a password: it comes with the environment that sbatch is called in.",
        f': "${{{env.STORE}:?is not set: call sbatch with it, and without --export=NONE}}"',
    ]


def _last_line(order: Order, *, has_setup: bool) -> str:
    """Return the line that makes the shell the agent, so that SLURM's signals reach it."""
    program = ["agent"] if has_setup else agent_program()
    return "exec " + shlex.join([*program, "--requeue", *order.words])


def _job_name(sweep: Sweep) -> str:
    return f"sweep-{sweep.id}"


# Files


def _folder(order: Order) -> str:
    return folders.launches_folder(order.location.results, order.sweep)


def _make(results: str, folder: str) -> None:
    try:
        folders.make_results(results)
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise FolderError(f"{folder}: {error.strerror}") from error


def _save(text: str, path: str) -> str | None:
    """Save a script that is submitted already; return its path, None if that is impossible."""
    try:
        with open(regular_files.fresh(path), "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        warn(f"the script could not be saved in {path}: {error.strerror}")
        return None
    return path


# SLURM's commands


def _submit(text: str, environment: Mapping[str, str]) -> str:
    """Submit a script, and return the job's id."""
    answer = _ask("sbatch", "--parsable", stdin=text, environ={**os.environ, **environment})
    job = answer.strip().partition(";")[0]  # a cluster's name may follow
    if not job.isdigit():
        raise LaunchError(f"sbatch should answer with the id of a job, but says {answer.strip()!r}")
    return job


def jobs(sweep: Sweep) -> list[Job]:
    """Return this user's tasks for a sweep that SLURM still knows: those that wait or run."""
    words = ("-h", "-r", *_ours(sweep), "-o", "%i|%T|%N|%r")
    lines = _ask("squeue", *words).splitlines()
    found = [Job(*line.split("|", 3)) for line in lines if line.count("|") >= len(Job._fields) - 1]
    return [job._replace(reason="" if job.reason == "None" else job.reason) for job in found]


def cancel(sweep: Sweep) -> int:
    """End this user's tasks for a sweep, and return how many there were."""
    found = [job for job in jobs(sweep) if job.state != OVER]
    if found:
        _ask("scancel", *_ours(sweep))
    return len(found)


def _ours(sweep: Sweep) -> tuple[str, ...]:
    return ("-u", str(os.getuid()), "-n", _job_name(sweep))


def _ask(
    program: str, *words: str, stdin: str = "", environ: Mapping[str, str] | None = None
) -> str:
    """Run one of SLURM's commands; return its output, and pass on its messages."""
    try:
        done = subprocess.run(
            [program, *words], check=False, capture_output=True, env=environ, input=stdin, text=True
        )
    except OSError as error:
        raise LaunchError(
            f"cannot run {program}: {error.strerror}. Is this a login node of a SLURM cluster? "
            "`--print` shows the script, and `--on local` starts agents here"
        ) from error
    if done.returncode:
        why = done.stderr.strip() or f"exit code {done.returncode}"
        raise LaunchError(f"{program} failed: {why}")
    if done.stderr.strip():
        say(done.stderr.strip())
    return done.stdout
