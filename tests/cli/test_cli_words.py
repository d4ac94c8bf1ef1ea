"""No word on a command line, and no variable, ends a command with a traceback."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import click
import pytest

from command_lines import Bash
from sweepcli import env
from sweepcli.cli import program
from sweepcli.cli.agent import agent
from sweepcli.cli.sweep import sweep

WORDS = ("\udcff\x1b]0;x\x07\x9d\u202e", "9" * 5_000)
MORE_WORDS = (
    *("\udcff", "\x1b]0;x\x07\x9d\u202e", "", "a\n'b'", "-1", "9" * 20),
    *("(" * 1_999, "`\udcff` in ['\udcff']"),
)
OF_VARIABLES = (*MORE_WORDS[:3], "9" * 5_000)
COMMANDS = {**{name: sweep.get_command(None, name) for name in sweep.table}, "agent": agent}  # type: ignore[arg-type]  # it asks for no context
VARIABLES = (*(name for name in env.READ if not name.startswith("SLURM")), "LOGNAME", "COLUMNS")
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]")


def calls(name: str, path: str, run: str, hostile: Sequence[str]) -> Iterator[list[str]]:
    """Yield the words of a command with each hostile one in each place, the others as usual."""
    usual = {
        "path": "none" if name == "ui" else path,  # it would serve a page
        "target": "sweep.yaml" if name == "create" else "there",
        "paths": path,
        "run": run,
        "runs": run,
        "config": "sweep.yaml",
        "source": ".",
    }
    command = COMMANDS[name]
    assert command is not None
    places = [each.name or "" for each in command.params if isinstance(each, click.Argument)]
    options = [each for each in command.params if isinstance(each, click.Option)]
    first = ([] if name == "agent" else [name]) + ["--on", "local"] * (name == "launch")
    for word in hostile:
        for place in places:
            yield [*first, *({**usual, place: word}[each] for each in places if each in usual)]
        for option in options:
            if not option.is_flag:
                words = (usual[each] for each in places if each in usual)
                yield [*first, *words, option.opts[-1], word]


def wrong(words: list[str], capfd: pytest.CaptureFixture[str]) -> str:
    """Call a command, and return what is wrong with its end."""
    capfd.readouterr()
    try:
        code = program.run(*((agent, words) if words[0] not in sweep.table else (sweep, words)))
    except Exception as error:  # noqa: BLE001 -- it is what is looked for
        return repr(error)
    said = capfd.readouterr().err
    if code not in (0, 1, 2):
        return f"exit code {code}"
    return "".join(UNSEEN.findall(said)) or ("Traceback" if "Traceback" in said else "")


@pytest.mark.parametrize("hostile", [WORDS, pytest.param(MORE_WORDS, marks=pytest.mark.slow)])
def test_no_word_ends_a_command_with_a_traceback(
    capfd: pytest.CaptureFixture[str], done: str, failed: str, hostile: Sequence[str]
) -> None:
    every = [words for name in COMMANDS for words in calls(name, done, failed, hostile)]

    assert [(words, what) for words in every if (what := wrong(words, capfd))] == []
    assert len(every) > 50 * len(hostile)


@pytest.mark.slow
def test_no_variable_ends_a_command_with_a_traceback(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, done: str
) -> None:
    found = []
    for variable in VARIABLES:
        for word in OF_VARIABLES:
            with monkeypatch.context() as changed:
                changed.setenv(variable, word)
                calls = (["show", done], ["create", "sweep.yaml"], [done])
                found += [(variable, word, words, wrong(words, capfd)) for words in calls]

    assert [each for each in found if each[3]] == []


SCRIPT = r"""
for command in "sweep show" "sweep runs PATH --filter" "sweep runs PATH --columns" "sweep logs" \
    "sweep create sweep.yaml --name" "sweep create sweep.yaml -p" "sweep create" agent \
    "agent PATH -e" "sweep compare" "sweep retry PATH"
do $command $'\xff\x9d0;x\a\e]0;x\a'; code=$?; echo "$command: $code"; done
"""


def test_the_installed_commands_answer_bytes_that_are_no_text(bash: Bash, done: str) -> None:
    answer = bash(SCRIPT.replace("PATH", done))

    codes = {line.rpartition(": ")[2] for line in answer.out.splitlines() if ": " in line}
    assert codes <= {"0", "1", "2"}
    assert (UNSEEN.findall(answer.err), "Traceback" in answer.err) == ([], False)
