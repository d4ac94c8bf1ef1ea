"""Runs that put anything in the place of their files: their agent never waits, raises or ends."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import support
from irregular import IN_SHELL, MODEST
from support import Place, grid, place, shell, until
from sweepcli.records import JSON, RunState

if TYPE_CHECKING:
    from collections.abc import Iterator

F, FAILED = RunState.FINISHED, RunState.FAILED
LONGEST_S = 60.0
LOG = "wandb/offline-run-20260101_000000-$SWEEPCLI_RUN_ID/run-$SWEEPCLI_RUN_ID.wandb"
FILES = ("events.jsonl", "output.log", "results.json", "results.csv", LOG)
GOOD = len(FILES) + 1  # the number of a run that behaves
SOURCES: dict[str, JSON] = {
    "metric": {"name": "loss"},
    "metrics_from": {
        "json": "${run_dir}/results.json",
        "csv": "${run_dir}/results.csv",
        "output": ["loss: {loss}"],
    },
}
everything = pytest.mark.parametrize("kind", IN_SHELL)


def hostile(kind: str, then: str = "") -> list[str]:
    """Return a command that puts something in the place of the file with the number of the run."""
    cases = "".join(f'{number}) put "$PWD/{name}" ;;\n' for number, name in enumerate(FILES, 1))
    return shell(f"""put() {{ rm -rf "$1"; {IN_SHELL[kind]}; }}
        cd $SWEEPCLI_RUN_DIR; mkdir -p "$(dirname {LOG})"
        case $SWEEPCLI_PARAM_x in {cases} {GOOD}) echo loss: 0.5 ;; esac
        {then}""")


@contextmanager
def agent(here: Place, *options: str) -> Iterator[subprocess.Popen[str]]:
    """Start an agent as a user who may not read what the modes forbid."""
    command = [*MODEST, sys.executable, support.__file__, here.results, "s1", *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def warnings_of(process: subprocess.Popen[str]) -> list[str]:
    """Return the lines of an agent that must end well, and soon."""
    said = process.communicate(timeout=LONGEST_S)[1]
    assert process.returncode == 0, said
    return said.splitlines()


def assert_each_is_told(here: Place, said: list[str], *, only_our_files: bool) -> None:
    """Check that there is one line for each run that was hostile, with its file, and no more."""
    runs = {run.params["x"]: run for run in here.store.runs("s1")}
    files = FILES[:2] if only_our_files else FILES
    for number, name in enumerate(files, 1):
        path = f"{here.folder(runs[number])}/../1/{name}".replace(
            "$SWEEPCLI_RUN_ID", runs[number].id
        )
        lines = [line for line in said if os.path.normpath(path) in line]
        assert len(lines) == 1, said
        assert "; what the run logged there is not read" in lines[0]


@everything
def test_what_is_no_file_costs_what_was_logged_there_and_no_more(kind: str, tmp_path: Path) -> None:
    with place(tmp_path, grid(GOOD, hostile(kind), **SOURCES)) as here:
        with agent(here) as process:
            said = warnings_of(process)

        assert here.states() == [F] * GOOD
        assert [run.value for run in here.store.runs("s1")] == [None] * len(FILES) + [0.5]
        # In the other places a link to itself is as no file.
        assert_each_is_told(here, said, only_our_files=kind == "a loop")


@everything
def test_who_recovers_such_runs_is_not_held_up_either(kind: str, tmp_path: Path) -> None:
    then = '[ $SWEEPCLI_ATTEMPT = 2 ] || { touch "$OLDPWD/at-work-$SWEEPCLI_PARAM_x"; sleep 1000; }'
    with place(tmp_path, grid(GOOD, hostile(kind, then), **SOURCES)) as here:
        with agent(here, f"-j={GOOD}") as killed:
            until(lambda: len(list(tmp_path.glob("at-work-*"))) == GOOD)
        assert killed.returncode < 0
        with agent(here) as process:
            said = warnings_of(process)

        assert here.states() == [F] * GOOD
        assert here.store.runs("s1")[-1].value == 0.5
        # A device is older than the run, and so none of its files.
        assert_each_is_told(here, said, only_our_files=kind in ("a loop", "a device"))


# What a run does to its folder, and whether its row on standard output still reaches the store.
FOLDERS = {
    "removed": ('rm -rf "$SWEEPCLI_RUN_DIR"', None),
    "a file": ('rm -rf "$SWEEPCLI_RUN_DIR"; echo > "$SWEEPCLI_RUN_DIR"', None),
    "a FIFO": ('rm -rf "$SWEEPCLI_RUN_DIR"; mkfifo "$SWEEPCLI_RUN_DIR"', None),
    "closed": ('chmod 000 "$SWEEPCLI_RUN_DIR"', None),
    "a link elsewhere": (
        'mv "$SWEEPCLI_RUN_DIR" moved; ln -s "$PWD/moved" "$SWEEPCLI_RUN_DIR"',
        0.5,
    ),
    "a link to itself": ('rm -rf "$SWEEPCLI_RUN_DIR"; ln -s . "$SWEEPCLI_RUN_DIR"', None),
    "without events": ('mkdir "$SWEEPCLI_EVENTS"', None),
    "the whole run": ('rm -rf "$(dirname "$SWEEPCLI_RUN_DIR")"', None),
}


@pytest.mark.parametrize(("deed", "value"), FOLDERS.values(), ids=FOLDERS)
def test_what_a_run_does_to_its_folder_ends_no_agent_and_no_other_run(
    deed: str, value: float | None, tmp_path: Path
) -> None:
    hostile = f"[ $SWEEPCLI_PARAM_x = 2 ] || {{ {deed}\n}}; echo loss: 0.5"
    with place(tmp_path, grid(2, shell(hostile), **SOURCES)) as here:
        with agent(here) as process:
            said = warnings_of(process)

        assert here.states() == [F, F], said
        assert [run.value for run in here.store.runs("s1")] == [value, 0.5]
        if value is None:
            assert any(here.store.runs("s1")[0].id in line for line in said)


# What an attempt puts into the folder of the next one, and whether that can begin all the same.
NEXT = {
    "params are a FIFO": ("mkfifo $NEXT/params.json", True),
    "output is a FIFO": ("mkfifo $NEXT/output.log", True),
    "output is a link": ("ln -s ../../../precious $NEXT/output.log", True),
    "command is an empty folder": ("mkdir $NEXT/command.json", True),
    "events are a FIFO": ("mkfifo $NEXT/events.jsonl", True),
    "the folder is a link": ("rmdir $NEXT; ln -s ../precious $NEXT", True),
    "params are a folder": ("mkdir -p $NEXT/params.json/mine", False),
    "the folder is a file": ("rmdir $NEXT; echo > $NEXT", False),
    "the folder is closed": ("chmod 000 $NEXT", False),
    "the run is closed": ("chmod 000 $NEXT/..", False),
}


@pytest.mark.parametrize(("deed", "begins"), NEXT.values(), ids=NEXT)
def test_what_is_in_the_way_of_the_next_attempt_costs_its_run_at_most(
    deed: str, *, begins: bool, tmp_path: Path
) -> None:
    (tmp_path / "precious").write_text("mine")
    script = f"""NEXT=$(dirname $SWEEPCLI_RUN_DIR)/2; mkdir -p $NEXT
        [ $SWEEPCLI_PARAM_x = 2 ] || {{ {deed}; exit 1; }}"""
    command = shell(
        f'[ $SWEEPCLI_ATTEMPT = 2 ] && echo "{{}}" >> $SWEEPCLI_EVENTS || {{ {script}\n}}'
    )
    with place(tmp_path, grid(2, command, max_retries=1)) as here:
        with agent(here) as process:
            warnings_of(process)

        bad, good = here.store.runs("s1")
        assert (bad.attempt, bad.state, good.state) == (2, F if begins else FAILED, F)
        if begins:
            assert here.read(bad, "events.jsonl") == b"{}\n"
        else:
            assert str(bad.reason).startswith("cannot write the run's folder: ")
            assert here.folder(bad).removesuffix("/2") in str(bad.reason)
        assert (tmp_path / "precious").read_text() == "mine"
