"""The options of an agent.

A new option is a field of AgentOptions, a row of OPTIONS, and the code that uses it: the command
line is parsed by this table, with click or without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sweepcli.runs.slots import Slot
from sweepcli.runs.timing import Timing
from sweepcli.runs.wandb_use import WandbUse
from sweepcli.values import duration_s, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sweepcli.agents.output import Sink
    from sweepcli.runs.launchers import Launcher
    from sweepcli.stores.location import Location


class AgentOptions(NamedTuple):
    """How an agent works."""

    run_limit: int | None = None
    jobs: int | None = None
    gpus: str | None = None
    gpus_per_run: int | None = None
    runs_per_gpu: int | None = None
    max_time_s: float | None = None
    waits: bool = False
    is_strict: bool = False
    most_failures: int | None = None
    is_quiet: bool = False
    is_verbose: bool = False
    forwards: bool = False
    term_timeout_s: float | None = None
    wandb: WandbUse = WandbUse.AUTO
    requeues: bool = False
    # The rest has no option on the command line.
    slots: Sequence[Slot] = (Slot(0),)  # what `jobs` and the GPUs come to: a run in each
    show_output: bool = False
    store: str | None = None  # passed to runs that do not inherit it; has no password
    launcher: Launcher | None = None  # instead of programs of this machine
    command: tuple[str, ...] | None = None  # replaces that of the config, as does the next
    program: str | None = None
    output: Sink | None = None  # receives what runs print, instead of standard output
    shows_tails: bool = True  # the last lines of a failed run, where its output is not shown
    timing: Timing = Timing()


class AgentCall(NamedTuple):
    """The arguments of the command `agent`."""

    paths: Sequence[str]
    location: Location
    options: AgentOptions = AgentOptions()
    project: str | None = None
    entity: str | None = None
    as_json: bool = False
    has_answer: bool = False  # standard output is for the caller's: what runs print is not


class Option(NamedTuple):
    """How a value is given on the command line: to `agent`, or to `sweep launch` for a cluster."""

    words: str  # with spaces between them
    help: str
    metavar: str | None = None
    read: Callable[[Any], object] | None = None  # raises ValueError; None for a flag
    is_multiple: bool = False  # may be repeated; `read` gets a tuple of texts
    default: int | None = None


def number(
    words: str,
    help: str,  # noqa: A002 -- click's name
    *,
    instead: str = "leave it out",
    least: int = 1,
    default: int | None = None,
) -> Option:
    """Return an option whose value is a whole number; `instead` says what else to do."""

    def read(text: str) -> int:
        if not text.strip():
            why = "it is empty; is a shell variable not set?"
            raise ValueError(f"{why} Write a number from {least}, or {instead}.")
        found = whole(text)
        if found is None or found < least:
            raise ValueError(f"{text!r} is not a whole number from {least}; {instead}.")
        return found

    return Option(words, help, "N", read, default=default)


def _duration(text: str) -> float:
    try:
        return duration_s(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is not a duration: {error}.") from None


def _wandb_use(text: str) -> WandbUse:
    if text not in list(WandbUse):
        from sweepcli.sweep_config.problems import nearest  # noqa: PLC0415 -- for what is wrong alone

        near = nearest(text, WandbUse)
        known = ", ".join(map(repr, map(str, WandbUse)))
        raise ValueError(f"{text!r} is not one of {known}{f'; {near}' if near else '.'}")
    return WandbUse(text)


OPTIONS = {
    "run_limit": number(
        "--count", "End after N runs.", instead="leave --count out to run until nothing is left"
    ),
    "jobs": number("-j --jobs", "Run N at a time."),
    "gpus": Option("--gpus", "all, or numbers or UUIDs: 0,1. Each run gets its own.", "LIST", str),
    "gpus_per_run": number("--gpus-per-run", "GPUs for each run. Default: 1."),
    "runs_per_gpu": number("--runs-per-gpu", "Runs that share a GPU. Default: 1."),
    "max_time_s": Option(
        "--max-time",
        "Start no run after this time: 90m, 1h30m. Of one run: `timeout` in the config.",
        "TIME",
        _duration,
    ),
    "waits": Option("--wait", "Wait for the runs of other agents: they may be given back."),
    "is_strict": Option("--strict", "Exit with 1 if any run did not end well."),
    "most_failures": number(
        "--max-consecutive-failed-runs", "Give up after N failures in a row. Default: 10."
    ),
    "is_quiet": Option("-q --quiet", "Show only failures and the end."),
    "is_verbose": Option("-v --verbose", "Show the command and folder of each run."),
    "forwards": Option(
        "-f --forward-signals", "Send the first Ctrl-C to the runs too, and SIGUSR1 to them alone."
    ),
    "term_timeout_s": Option(
        "-t --term-timeout", "Kill runs this long after a shutdown signal.", "TIME", _duration
    ),
    "wandb": Option(
        "--wandb",
        "What `import wandb` gets; auto: W&B's package if installed, else a stand-in.",
        f"[{'|'.join(WandbUse)}]",
        _wandb_use,
    ),
    "requeues": Option(
        "--requeue", "Put the SLURM task back in the queue if SIGUSR1 ends it with work left."
    ),
}
