"""What runs and configs hold commands no terminal, and is short where people read it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from command_lines import Call, Create
from launching import shown
from support import go_on
from terminals import Terminal

LONG = "x" * 5_000  # an emulated terminal is slow
# Sets the title and the clipboard, clears the screen, rings, and turns the direction of text.
CODES = "\x1b]0;PWNED\x07\x1b]52;c;Zm9v\x1b\\\x9d0;PWNED\x07\x1b[2J\x85\b\r\x07\u202e"
CONFIG = {
    "method": "grid",
    "name": CODES,
    "metric": {"name": f"l{CODES}oss"},
    "command": ["sh", "train.sh", "${args_no_hyphens}"],
    "parameters": {
        f"n{CODES}ame": {"values": [f"a{CODES}z", "b"]},
        "prompt": {"value": LONG},
        "text": {"value": "é à"},
    },
}
LOGGED = {f"l{CODES}oss": 1, f"x{CODES}": f"\ud800{CODES}"}
SCRIPT = """\
cat logged >> $SWEEPCLI_EVENTS
until [ -e go ]; do sleep 0.02; done
cat last
exit 1
"""
COMMANDS = """
sweep ls; sweep show PATH; sweep runs PATH; sweep runs PATH --csv; sweep best PATH
sweep best PATH --format args; sweep best PATH --format yaml; sweep best PATH --top 2
sweep show RUN; sweep compare RUN OTHER; sweep export PATH; sweep export PATH --history
sweep check own.yaml; sweep runs PATH --filter no; sweep show $'\\e]0;PWNED\\a'; echo the end
"""
# What terminals obey: strings, a reset, the bell and its like, C1, and marks of direction.
OBEYED = re.compile("\x1b[]PX^_c]|[\x00-\x08\x0b\x0c\x0e-\x1a\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture
def path(folder: Path, created: Create) -> str:
    (folder / "train.sh").write_text(SCRIPT)
    (folder / "logged").write_text(json.dumps(LOGGED) + "\n")
    (folder / "last").write_text(f"it {CODES} broke\n", encoding="utf-8", newline="")
    return created(json.dumps(CONFIG))


def obeyed(terminal: Terminal) -> list[str]:
    """Return what a terminal was sent that it obeys, but for colours and the like."""
    terminal.read()
    return OBEYED.findall(terminal.written.decode())


@pytest.mark.slow
def test_neither_the_board_nor_top_commands_the_terminal(path: str) -> None:
    with shown(f"agent -v --count 1 {path}", columns=300, rows=40) as (board, worker):
        board.until_shown("1 running", "é à", "oss=1")
        with shown(f"sweep top {path}", columns=300) as (top, watcher):
            top.until_shown('ame="a', "oss=1")
            top.press("q")
            top.until(lambda: watcher.poll() is not None)
            assert obeyed(top) == []
        go_on()
        board.until(lambda: worker.poll() is not None)

        assert obeyed(board) == []
        assert " broke" in "\n".join(board.lines)
        assert "x" * 61 not in board.written.decode()


@pytest.mark.slow
def test_no_answer_commands_the_terminal(call: Call, path: str) -> None:
    go_on()
    call(f"agent --count 2 {path}")
    first, other = [run["id"] for run in call(f"sweep runs {path} --json").json]
    script = COMMANDS.replace("PATH", path).replace("RUN", first).replace("OTHER", other)

    with shown(script, columns=300, rows=100) as (terminal, program):
        terminal.until(lambda: program.poll() is not None)
        assert obeyed(terminal) == []
        assert "the end" in "\n".join(terminal.lines)


def test_the_lines_of_an_agent_are_clean_and_short_in_a_file_too(call: Call, path: str) -> None:
    go_on()

    lines = call(f"agent --verbose --count 1 {path} --json").err

    assert OBEYED.findall(lines) == []
    assert "x" * 61 not in lines
    assert f'prompt={"x" * 59}… (5,000 characters) text="é à"\n' in lines
    assert " 'text=é à'\n" in lines
    assert "\nsweepcli:   \\x07\\u202e broke\n" in lines


def test_data_for_programs_stay_as_they_are(call: Call, path: str) -> None:
    go_on()
    call(f"agent --count 1 {path}")

    assert f"a{CODES}z" in call(f"sweep runs {path} --csv").out
    assert f"a{CODES}z" in call(f"sweep export {path}").out
    assert f"a{CODES}z" in call(f"sweep best {path} --format args").out
    assert LONG in call(f"sweep runs {path}").out
    assert "\\u00e9 \\u00e0" in call(f"sweep best {path} --json").out


def test_a_long_program_that_cannot_start_is_cut_in_the_reason(call: Call, created: Create) -> None:
    path = created(json.dumps({**CONFIG, "name": "a", "command": ["${prompt}"]}))

    lines = call(f"agent --count 1 {path}").err

    assert f"failed (cannot start '{'x' * 79}: " in lines
    assert "x" * 80 not in lines
