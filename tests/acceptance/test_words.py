"""What people type, and what it does: a row for each word that was once refused.

A row is called in a folder with two sweeps: `older`, whose three runs are done, and after it
`newer`, whose second run failed and whose third one is left. To add one, write what is typed,
where, and a part of the answer: on the standard output, or of the messages on standard error. In
all of them {older} and {newer} are the paths, {id} is the id of the newer one and {start} its
beginning, {run} the id of the run that failed.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import chdir, closing
from pathlib import Path
from typing import NamedTuple

import pytest

import sweepcli
from command_lines import Answer
from launching import environment, shown
from sweepcli import stores
from sweepcli.__main__ import group
from sweepcli.cli import program
from sweepcli.cli.agent import agent
from sweepcli.cli.sweep import sweep
from sweepcli.errors import UnknownSweep
from sweepcli.views import terminal

COMMANDS = {"sweep": sweep, "agent": agent, "sweepcli": group}
CONFIG = """\
method: grid
name: {name}
metric: {{name: loss}}
program: ./train.sh
command: ['${{program}}', '${{x}}']
parameters: {{x: {{values: [1, 2, 3]}}}}
"""
PROGRAM = """\
#!/bin/sh
echo "tried $1 in $PWD"
echo "{\\"loss\\": $1}" >> $SWEEPCLI_EVENTS
test $1 != 2
"""
HERE, BELOW = ".", "data/raw"  # the folder with the results, and one without


class Row(NamedTuple):
    """What is typed, and a part of the answer."""

    words: str
    out: str | None = None  # None: nothing is printed
    err: str = ""
    code: int = 0
    folder: str = HERE


NEWEST = "The newest sweep: {newer}"
ROWS = (
    # Without a path: the newest sweep
    Row("sweep show", "sweep     {newer}", NEWEST),
    Row("sweep top", "sweep     {newer}", NEWEST),
    Row("sweep runs", "{run}", NEWEST),
    Row("sweep runs --json", '"id": "{run}"', NEWEST),
    Row("sweep best", "loss=1", NEWEST),
    Row("sweep where", "/sweep-results\n"),
    Row("sweep show ''", None, "PATH|RUN is empty; is a shell variable not set?", 2),
    Row("sweep runs ''", None, "PATH is empty; is a shell variable not set?", 2),
    Row("sweep where ''", None, "PATH is empty; is a shell variable not set?", 2),
    Row("sweep ui ''", None, "PATH is empty; is a shell variable not set?", 2),
    Row("sweep logs ''", None, "RUN is empty; is a shell variable not set?", 2),
    Row("agent ''", None, "PATH is empty; is a shell variable not set?", 2),
    # In a script what changes something, or whose answer a program reads, needs a path
    Row("agent", None, "Missing argument 'PATH...'. In a script, or into a file or a pipe", 2),
    Row("agent --count 5", None, "name the sweep, as in `agent latest`.", 2),
    Row("agent --next", None, "Missing argument 'PATH...'", 2),
    Row("sweep export", None, "a file or a pipe, name the sweep, as in `sweep export latest`.", 2),
    Row("sweep best --format command", None, "Missing argument 'PATH'", 2),
    Row("sweep best --format args", None, "Missing argument 'PATH'", 2),
    Row("sweep retry", None, "Missing argument 'PATH'", 2),
    Row("sweep retry --failed", None, "Missing argument 'PATH'", 2),
    Row("sweep retry 2", None, "of which sweep? In a script, or into a file or", 2),
    Row("sweep retry 2", None, "a pipe, name it: `sweep retry latest 2`.", 2),
    Row("sweep reread", None, "Missing argument 'PATH'", 2),
    Row("sweep reread sweep.yaml", None, "Missing argument 'PATH'", 2),
    Row("sweep pause", None, "Missing argument 'PATH'", 2),
    Row("sweep launch --on local", None, "Missing argument 'PATH'", 2),
    Row("sweep launch --on local -- --count 1", None, "Missing argument 'PATH'", 2),
    # latest
    Row("sweep show latest", "sweep     {newer}", NEWEST),
    Row("sweep show demo/latest", "sweep     {newer}", NEWEST),
    Row("sweep show me/demo/latest", "sweep     {newer}", NEWEST),
    Row("sweep show other/latest", None, "no sweep of */other", 1),
    Row("sweep where latest", "{newer}\n", NEWEST),
    Row("sweep export latest", "{run},2,failed", NEWEST),
    Row("sweep best latest --format command", "./train.sh 1\n", NEWEST),
    Row("sweep logs latest", "tried 2", NEWEST),
    Row("sweep check --replay latest", None, "early_terminate", 2),
    Row("sweep pause latest", None, "Pausing sweep {newer}"),
    Row("sweep --pause latest", None, "Pausing sweep {newer}"),
    Row("agent latest", "tried 3", NEWEST),
    Row("agent --next latest", "./train.sh 3\n", NEWEST),
    Row("sweep launch latest --on local -- --quiet", None, NEWEST),
    Row("sweep copy sweep-results copied latest", "{newer}\n", NEWEST),
    Row("sweep -R latest sweep.yaml", "me/demo/", NEWEST),
    # The beginning of an id, or a name
    Row("sweep show {start}", "sweep     {newer}"),
    Row("sweep show demo/{start}", "sweep     {newer}"),
    Row("sweep show newer", "sweep     {newer}"),
    Row("sweep runs older", "3       "),
    Row("agent newer", "tried 3"),
    Row("agent {start} older", "tried 3"),
    Row("sweep export older --format json", '"state": "failed"'),
    Row("sweep logs {run_start}", "tried 2"),
    Row("sweep show {run_start}", "run      {run}, number 2 of {newer}"),
    Row("sweep retry newer {run_start}", "{run}\n"),
    Row("sweep retry {run}", "{run}\n"),
    Row("sweep resume newer", None, "Resuming sweep {newer}"),
    Row("sweep show nothing", None, "no sweep 'nothing'", 1),
    Row("sweep runs {run}", None, "'{run}' is a run of sweep {newer}: name the sweep", 1),
    # Numbers of runs
    Row("sweep logs 2", "tried 2", NEWEST),
    Row("sweep logs '#2'", "tried 2", NEWEST),
    Row("sweep logs newer#2", "tried 2"),
    Row("sweep logs older#3", "tried 3"),
    Row("sweep logs latest#2", "tried 2", NEWEST),
    Row("sweep show 2", "run      {run}, number 2 of {newer}", NEWEST),
    Row("sweep show '#2'", "run      {run}", NEWEST),
    Row("sweep show {newer}#2", "run      {run}"),
    Row("sweep compare 1 2", "{run}", NEWEST),
    Row("sweep compare 2 older#2", "{run}", NEWEST),
    Row("sweep retry newer 2", "{run}\n"),
    Row("sweep retry latest '#2'", "{run}\n", NEWEST),
    Row("agent --done 2", None, "Run {run} failed", 0),
    Row("sweep -R 1 -R older#1 sweep.yaml", "me/demo/", NEWEST),
    Row("sweep logs 4", None, "no run '4' in sweep {newer}; `sweep runs {newer}` shows all", 1),
    Row("sweep logs", None, "a number (12 or '#12', with quotes) of the newest sweep", 2),
    Row("sweep compare", None, "`latest`, or an id", 2),
    Row("sweep logs {newer}", None, "is a sweep: name a run of it, as in '{newer}#1'", 1),
    # What ends a sweep takes its whole id
    Row("sweep stop newer", None, "did you mean {newer}?", 1),
    Row("sweep stop {start}", None, "did you mean {newer}?", 1),
    Row("sweep stop latest", None, "did you mean {newer}?", 1),
    Row("sweep cancel latest", None, "did you mean {newer}?", 1),
    Row("sweep --stop {start}", None, "did you mean {newer}?", 1),
    Row("sweep --cancel latest", None, "did you mean {newer}?", 1),
    Row("sweep --stop", None, "Missing argument", 2),
    Row("sweep cancel", None, "Missing argument 'PATH'", 2),
    Row("sweep --stop ''", None, "PATH is empty", 2),
    Row("sweep stop {id}", None, "Done."),
    Row("sweep cancel {newer}", None, "Done."),
    Row("sweep launch latest --on slurm --cancel", None, "did you mean {newer}?", 1),
    Row("sweep launch --on slurm --cancel", None, "--cancel needs PATH", 2),
    # Other words for commands, and commands of sweepcli
    Row("sweep list", "{older}", "Did you mean `sweep ls`? It is run now"),
    Row("sweep status", "sweep     {newer}", "Did you mean `sweep show`? It is run now"),
    Row("sweep delete {newer} --yes", "{newer}\n", "Removed {newer}: 2 runs"),
    Row("sweep delete newer --yes", None, "did you mean {newer}?", 1),
    Row("sweep stop {newer}", None, "Done."),
    Row("sweep log 2", "tried 2", "Did you mean `sweep logs`?"),
    Row("sweep help", "\nChange:\n"),
    Row("sweepcli ls", "{older}", "Next: sweep show {newer}"),
    Row("sweepcli show {newer}", "sweep     {newer}", "Next: agent {newer}"),
    Row("sweepcli list", "{older}", "It is run now"),
    Row("sweepcli agent newer", "tried 3", "Next: sweep best {newer}"),
    Row("sweepcli sweep.yaml", "me/demo/", "Run sweep agent with: agent me/demo/"),
    Row("sweep agent {id}", "tried 3"),
    Row("sweep shwo", None, "did you mean `sweep show`?", 2),
    Row("sweep kill {newer}", None, "did you mean `sweep cancel`?", 2),
    Row("sweep {newer}", None, "`sweep show {newer}` shows that sweep", 1),
    Row("sweep runs --colums id", None, "did you mean '--columns'?", 2),
    Row("sweep runs --columns los", None, "did you mean 'loss'?", 2),
    Row("sweep runs --sort losss", None, "did you mean 'loss'?", 2),
    Row("agent --stop {newer}", None, "did you mean `sweep stop`?", 2),
    Row("sweep latest", None, "`sweep show latest` shows a sweep or run", 1),
    Row("sweep update sweep.yaml {newer}", None, "Updating sweep with ID: {id}", 1),
    Row("agent -n 5 {newer}", None, "did you mean `--count N`?", 2),
    # Names, notes and tags
    Row("sweep rename 2 mine", None, "The name of run {run} of {newer}: mine"),
    Row("sweep rename newer 'so called'", None, "The name of sweep {newer}: so called"),
    Row("sweep note latest 'what for'", None, "The notes of sweep {newer}: what for"),
    Row("sweep tag {run} keep now", None, "The tags of run {run} of {newer}: keep, now"),
    Row("sweep tag newer#2 keep --remove", None, "Run {run} of {newer} has no tags"),
    Row("sweep rename '' mine", None, "PATH|RUN is empty", 2),
    Row("sweep tag {run}", None, "Missing argument 'TAG...'", 2),
    Row("sweep logs 'the third'", "tried 3"),
    Row("sweep show 'the third'", "number 3 of {older}"),
    Row("sweep compare 'the third' demo/the\\ third", "the third"),
    Row("sweep runs older --filter \"name == 'the third'\" --columns number", "number\n3"),
    # A config instead of a path, and a line instead of a config
    Row("agent sweep.yaml", "tried 3", "Run sweep agent with: agent me/demo/"),
    Row("agent sweep.yaml newer", "tried 3", "This is a new sweep; `agent sweep.yaml` would make"),
    Row("agent nothing.yaml", None, "nothing.yaml: no such file", 1),
    Row("agent -", None, "create it once with `sweep -`", 2),
    Row("agent --next sweep.yaml", None, "`sweep sweep.yaml` creates a sweep of it", 2),
    Row("sweep launch sweep.yaml --on local", None, "sweep.yaml is a config file", 2),
    Row("sweep show sweep.yaml", None, "sweep.yaml is a config file, not a sweep", 2),
    Row("sweepcli run -P x=3,1 --metric loss ./train.sh '${{x}}'", "\n./train.sh 1\n"),
    Row("sweepcli run -P x=1..3 --runs 2 -- ./train.sh '${{x}}'", None, "Method: random, since x"),
    Row("sweep run -P x=1 -- true", None, "Its runs: 1 finished"),
    Row("sweepcli run -P x=5..1 -- true", None, "5 is not less than 1: write x=1..5", 2),
    Row("sweepcli run --runs 3 -- true", None, "add -P NAME=VALUES", 2),
    Row("sweepcli run --epochs 3 ./train.sh", None, "No such option '--epochs'", 2),
    # From a folder below the one with the results
    Row("sweep show", "sweep     {newer}", NEWEST, folder=BELOW),
    Row("sweep ls", "{older}", folder=BELOW),
    Row("sweep runs {newer}", "{run}", folder=BELOW),
    Row("sweep logs 2", "tried 2", folder=BELOW),
    Row("sweep where", "/sweep-results\n", folder=BELOW),
    Row("sweep pause {newer}", None, "Done.", folder=BELOW),
    Row("sweep cancel {newer}", None, "Done.", folder=BELOW),
    Row("sweep retry newer 2", "{run}\n", folder=BELOW),
    Row("sweep repair", "{newer}\n", folder=BELOW),
    Row(
        "sweep best latest --format command", "./train.sh 1\n", "run the command in ", folder=BELOW
    ),
    Row("agent {newer}", "tried 3 in {top}\n", "Working in {top}", folder=BELOW),
    Row("agent --next {newer}", "cd {top} && env ", "Working in {top}", folder=BELOW),
    Row("sweep launch newer --on local", "tried 3 in {top}", "Working in {top}", folder=BELOW),
    Row("sweep ../../sweep.yaml", "me/demo/", folder=BELOW),  # makes one of its own
    Row("sweep ls", None, "no sweeps in ", folder="repository/data"),
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two sweeps, of which each test gets a copy."""
    folder = tmp_path_factory.mktemp("words")
    for name in (BELOW, "repository/.git", "repository/data"):
        (folder / name).mkdir(parents=True)
    (folder / "train.sh").write_text(PROGRAM)
    (folder / "train.sh").chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("SWEEPCLI_ENTITY", "me")
        patch.setenv("SWEEPCLI_PROJECT", "demo")
        for name, options in (("older", ""), ("newer", "--count 2")):
            (folder / "sweep.yaml").write_text(CONFIG.format(name=name))
            assert typed("sweep sweep.yaml") == 0
            assert typed(f"agent -q {name} {options}") == 0
        assert typed("sweep rename older#3 'the third'") == 0
    return folder


def typed(line: str) -> int:
    """Call a command in this process; return its exit code."""
    name, *words = shlex.split(line)
    return program.run(COMMANDS[name], words)


@pytest.fixture(scope="module")
def untouched() -> list[Path]:
    """Copies that are as they were made: most rows only look, and to copy takes the longest."""
    return []


@pytest.fixture
def folder(
    template: Path, untouched: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A copy of the folder with two sweeps, for names of an environment that is set."""
    for name, value in {"ENTITY": "me", "PROJECT": "demo"}.items():
        monkeypatch.setenv(f"SWEEPCLI_{name}", value)
    monkeypatch.setenv("PWD", str(tmp_path))
    copy = untouched.pop() if untouched else Path(shutil.copytree(template, tmp_path / "top"))
    before = stamps(copy)
    yield copy
    if stamps(copy) == before:
        untouched.append(copy)


def stamps(folder: Path) -> dict[Path, tuple[int, int]]:
    """Return what changes with the files of a folder."""
    found = ((each, each.lstat()) for each in (folder, *folder.rglob("*")))
    return {each: (status.st_mtime_ns, status.st_ctime_ns) for each, status in found}


def meanings(folder: Path) -> dict[str, str]:
    """Return what the names in braces stand for."""
    with closing(stores.open_existing(str(folder / "sweep-results"), looks=True)) as store:
        older, newer = store.sweeps()
        run = store.runs(newer.id)[1]
    return {
        "older": older.path,
        "newer": newer.path,
        "id": newer.id,
        "start": newer.id[:7],
        "run": run.id,
        "run_start": run.id[:7],
        "top": str(folder),
    }


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.words} in {row.folder}")
def test_words_do_what_they_plainly_mean(
    row: Row, folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    words = meanings(folder)
    monkeypatch.chdir(folder / row.folder)
    capfd.readouterr()

    code = typed(row.words.format(**words))

    answer = Answer(code, *capfd.readouterr())
    assert code == row.code, answer
    assert row.err.format(**words) in " ".join(answer.err.split()), answer
    assert row.out.format(**words) in answer.out if row.out else not answer.out, answer


def test_the_installed_agent_does_the_same_from_a_folder_below(folder: Path) -> None:
    words = meanings(folder)
    done = subprocess.run(
        ["agent", words["start"]],
        cwd=folder / BELOW,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (0, f"tried 3 in {folder}\n"), done.stderr
    assert f"sweepcli: Working in {folder}, where the sweeps are\n" in done.stderr


def test_python_takes_whole_ids_and_stays_in_the_working_directory(folder: Path) -> None:
    newer = meanings(folder)["newer"]
    with chdir(folder):
        assert len(sweepcli.read(newer)) == 2
        for call in (sweepcli.read, sweepcli.agent, sweepcli.Api().sweep):
            with pytest.raises(UnknownSweep, match="no sweep 'latest'"):
                call("latest")
    with chdir(folder / BELOW), pytest.raises(UnknownSweep, match="no sweeps in"):
        sweepcli.read(newer)


# At a terminal


TYPED = (
    "sweep export",
    "sweep best --format command",
    "sweep pause",
    "sweep resume",
    "sweep retry",
    "sweep retry 2",
    "agent --count 1",
    "sweep reread",
)


@pytest.fixture
def person(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let what is typed be what a person types."""
    monkeypatch.setattr(terminal, "is_typed", lambda: True)
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.usefixtures("person")
@pytest.mark.parametrize("line", TYPED)
def test_a_person_may_leave_out_the_path(line: str, capfd: pytest.CaptureFixture[str]) -> None:
    code = typed(line)

    said = capfd.readouterr().err
    assert code == (2 if line == "sweep reread" else 0), said  # the config has no metrics_from
    assert said.count("The newest sweep: me/demo/") == 1, said


@pytest.mark.usefixtures("person")
@pytest.mark.parametrize("line", ["sweep stop", "sweep cancel", "sweep --stop", "sweep --cancel"])
def test_what_ends_a_sweep_needs_its_whole_id_from_a_person_too(
    line: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert typed(line) == 2
    assert "Missing argument" in capfd.readouterr().err


def test_a_person_types_at_a_terminal_and_a_script_there_is_none(folder: Path) -> None:
    (folder / "script").write_text("sweep pause")
    lines = "set -m\nsweep resume\nsh script\nagent --count 1"
    with chdir(folder), shown(lines) as (screen, program):
        program.wait()

    said = "\n".join(screen.lines)
    assert said.count("The newest sweep: me/demo/") == 2, said
    assert said.count("In a script, or into") == 1, said
