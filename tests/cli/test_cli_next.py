"""Each answer for people ends with the command that they want next."""

from __future__ import annotations

import shlex

import pytest

from command_lines import CONFIG, Call, Create
from launching import shown


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ("sweep ls", "sweep show PATH"),
        ("sweep show PATH", "sweep logs RUN"),
        ("sweep show RUN", "sweep logs RUN"),
        ("sweep top PATH", "sweep logs RUN"),
        ("sweep runs PATH --sort -number", "sweep show RUN"),
        ("sweep runs PATH --columns id --sort -number", "sweep show RUN"),
        ("sweep best PATH", "sweep best PATH --format command"),
        ("sweep best PATH --top 2", "sweep best PATH --format command"),
        ("sweep compare RUN", "sweep show RUN"),
        ("sweep logs RUN", "sweep retry RUN"),
        ("sweep export PATH -o runs.csv", "sweep best PATH"),
        ("sweep retry PATH", "agent PATH"),
        ("sweep retry PATH --killed", "sweep show PATH"),
        ("sweep stop PATH", "sweep show PATH"),
        ("sweep check sweep.yaml", "sweep sweep.yaml"),
        ("sweep repair", "sweep ls"),
        ("sweep copy sweep-results other", "sweep ls --dir ROOT/other"),
        ("sweep rename PATH first", "sweep show PATH"),
        ("sweep tag RUN good", "sweep show RUN"),
        ("sweep rm PATH --yes", "sweep ls"),
        ("sweepcli ls", "sweepcli show PATH"),
        ("sweepcli retry PATH", "sweepcli agent PATH"),
        ("sweep ls --dir sweep-results/../sweep-results", "sweep show PATH"),
    ],
)
def test_an_answer_ends_with_the_next_command(
    call: Call, done: str, failed: str, tmp_path: object, line: str, after: str
) -> None:
    def filled(text: str) -> str:
        return text.replace("PATH", done).replace("RUN", failed).replace("ROOT", str(tmp_path))

    answer = call(filled(line))

    assert answer.code == 0
    assert answer.err.splitlines()[-1] == f"sweepcli: Next: {filled(after)}"
    assert answer.err.count("Next: ") == 1


def test_the_next_command_is_of_the_results_directory_that_was_named(
    call: Call, tmp_path: object
) -> None:
    path = call("sweep sweep.yaml --dir other").out.strip()
    for line in (f"sweep show {path} --dir other", f"agent --count 1 {path} --dir other"):
        said = call(line).err.splitlines()[-1]
        assert said.startswith("sweepcli: Next: ")
        assert said.endswith(f" {path} --dir {tmp_path}/other")


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("sweep show PATH", "sweep retry PATH"),
        ("sweep resume PATH", "sweep retry PATH"),
        ("sweep logs PATH#9", "sweep runs PATH"),
        ("sweep PATH", "sweep show PATH"),
    ],
)
def test_a_command_in_a_message_has_quotes_where_a_shell_needs_them(
    call: Call, line: str, hint: str
) -> None:
    config = "{method: grid, command: ['false'], parameters: {x: {value: 1}}}"
    path = call("sweep -p 'my project' own.yaml", config).out.strip()
    call(f"agent -q '{path}'")

    answer = call(line.replace("PATH", f"'{path}'"))

    assert f"`{hint.replace('PATH', shlex.quote(path))}`" in answer.out + answer.err


@pytest.mark.parametrize(
    "line",
    [
        *("sweep ls --json", "sweep show PATH --json", "sweep runs PATH --json"),
        *("sweep runs PATH --csv", "sweep best PATH --json", "sweep best PATH --format args"),
        *("sweep best PATH --format command", "sweep show RUN --json"),
        *("sweep best PATH --format yaml", "sweep top PATH --json", "sweep compare RUN --json"),
        *("sweep where PATH", "sweep where", "sweep export PATH", "sweep logs RUN --json"),
        *("sweep stop PATH --json", "sweep --stop PATH", "sweep --resume PATH"),
        *("sweep retry PATH --json", "sweep check sweep.yaml --json", "sweep repair --json"),
        *("agent --quiet PATH", "agent --json PATH", "sweep resume PATH", "sweep tag RUN x --json"),
    ],
)
def test_programs_and_the_quiet_get_no_next_command(
    call: Call, done: str, failed: str, line: str
) -> None:
    assert "Next: " not in call(line.replace("PATH", done).replace("RUN", failed)).err


def test_a_new_sweep_ends_with_wandb_s_line_alone(call: Call) -> None:
    answer = call("sweep sweep.yaml")
    last = answer.err.splitlines()[-1]
    assert last == f"sweepcli: Run sweep agent with: agent {answer.out.strip()}"


def test_an_agent_ends_with_the_next_command(call: Call, created: Create) -> None:
    good, bad = created(CONFIG), created(CONFIG)

    first, again = call(f"agent --count 2 {good}"), call(f"agent {bad}")

    assert first.err.splitlines()[-1] == f"sweepcli: Next: sweep best {good}"
    assert again.err.splitlines()[-1] == f"sweepcli: Next: sweep show {bad}"  # a run has failed
    assert "Next: " not in call(f"agent {bad}").err  # it says what else could be done


def test_the_next_command_of_each_command_works(call: Call, path: str) -> None:
    """From the sweep to the command line of its best run, by what each answer says."""
    line, seen = f"agent --count 2 {path}", list[str]()
    while line:
        seen.append(line)
        answer = call(line)
        assert answer.code == 0
        line = answer.err.partition("Next: ")[2].strip()
    assert seen[1:] == [f"sweep best {path}", f"sweep best {path} --format command"]


def test_watching_a_sweep_ends_with_the_next_command(done: str, failed: str) -> None:
    with shown(f"exec sweep top {done}") as (terminal, _):
        terminal.until_shown("runs; the sweep is")
        terminal.press("q")
        terminal.until_shown(f"Next: sweep logs {failed}")
