"""The arguments of `agent`, and how plain ones are read without click."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sweepcli.runs.wandb_use import WandbUse
from sweepcli.stores import location

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.stores.location import Location


class AgentCall(NamedTuple):
    """The arguments of `agent`."""

    paths: Sequence[str]
    location: Location
    project: str | None = None
    entity: str | None = None
    run_limit: int | None = None
    is_quiet: bool = False
    is_verbose: bool = False
    as_json: bool = False
    logs: str = "sweep logs"  # the command that shows a run's output
    jobs: int | None = None
    gpus: str | None = None
    gpus_per_run: int | None = None
    runs_per_gpu: int | None = None
    max_time_s: float | None = None
    waits: bool = False
    is_strict: bool = False
    most_failures: int | None = None
    forwards: bool = False
    term_timeout_s: float | None = None
    wandb: WandbUse = WandbUse.AUTO
    requeues: bool = False  # its SLURM task, once SIGUSR1 has ended it


def plain_call(args: Sequence[str]) -> AgentCall | None:
    """Return the call if it has a path, `--count N`, `--quiet` or `--verbose` alone, else None."""
    rest, paths, count = list(args), list[str](), None
    is_quiet = is_verbose = False
    while rest:
        word = rest.pop(0)
        if word in ("-q", "--quiet"):
            is_quiet = True
        elif word in ("-v", "--verbose"):
            is_verbose = True
        elif word == "--count" and rest and _is_count(rest[0]):
            count = int(rest.pop(0))
        elif word.startswith("--count=") and _is_count(word.removeprefix("--count=")):
            count = int(word.removeprefix("--count="))
        elif word.startswith("-") or not word.strip():
            return None
        else:
            paths.append(word)
    if not paths:
        return None
    return AgentCall(
        *(paths, location.here()), run_limit=count, is_quiet=is_quiet, is_verbose=is_verbose
    )


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and int(text) > 0
