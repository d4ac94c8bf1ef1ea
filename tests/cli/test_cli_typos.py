"""What people type that is no word of ours: what is plain runs, and the rest is told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from command_lines import Bash, Call


@pytest.mark.parametrize(
    ("typed", "run"),
    [
        ("list", "ls"),
        ("list --json", "ls --json"),
        ("--json list", "ls --json"),
        ("status PATH", "show PATH"),
        ("info PATH --json", "show PATH --json"),
        ("inspect PATH --json", "show PATH --json"),
        ("watch PATH --json", "top PATH --json"),
        ("log RUN", "logs RUN"),
        ("diff RUN RUN", "compare RUN RUN"),
        ("validate sweep.yaml", "check sweep.yaml"),
        ("help", "--help"),
        ("help show", "show --help"),
        ("version", "--version"),
    ],
)
@pytest.mark.parametrize("group", ["sweep", "sweepcli"])
def test_a_word_that_is_plain_runs_and_one_line_says_what(
    call: Call, done: str, failed: str, group: str, typed: str, run: str
) -> None:
    lines = [
        f"{group} {words}".replace("PATH", done).replace("RUN", failed) for words in (typed, run)
    ]

    answer, usual = map(call, lines)

    assert (answer.code, answer.out) == (0, usual.out)
    said, _, rest = answer.err.partition("\n")
    meant = run.removesuffix(" --json").partition(" ")[0] if typed != "help show" else run
    assert said == f"sweepcli: Did you mean `{group} {meant}`? It is run now"
    assert rest == usual.err


def test_a_file_of_that_name_is_a_config_all_the_same(call: Call, folder: Path) -> None:
    (folder / "sweep.yaml").rename(folder / "list")
    answers = [call("sweep list"), call("sweep ./list")]
    assert [answer.out.startswith("me/demo/") for answer in answers] == [True, True]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("shwo", "sweep show"),
        ("pasue PATH", "sweep pause"),
        ("lst", "sweep ls"),
        ("stats", "sweep show"),
        ("--json lgs RUN", "sweep logs"),
        ("kill PATH", "sweep cancel"),
        ("start PATH", "agent"),
        ("agnet PATH", "agent"),
        ("init", "sweep create"),
        ("tail RUN", "sweep logs"),
        ("tune -P lr=1,2", "sweep run"),
    ],
)
def test_a_mistyped_command_creates_nothing_and_is_told(
    call: Call, folder: Path, typed: str, meant: str
) -> None:
    answer = call(f"sweep {typed}")

    assert (answer.code, answer.out) == (2, "")
    assert answer.err.rstrip().endswith(f": did you mean `{meant}`?")
    assert os.listdir(folder) == ["sweep.yaml"]


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("sweep runs PATH --colums id", "did you mean '--columns'?"),
        ("sweep --porject x sweep.yaml", "did you mean '--project'?"),
        ("sweep ls --hlep", "did you mean '--help'?"),
        ("sweep runs PATH --order loss", "did you mean `--sort NAME, or --sort -NAME`?"),
        (
            "sweep runs PATH --sort loss desc",
            "--sort NAME sorts, and --sort -NAME has the greatest",
        ),
        ("sweep runs --sort loss desc", "--sort NAME sorts, and --sort -NAME has the greatest"),
        ("sweep runs PATH -n 5", "did you mean `--limit N`?"),
        ("sweep best PATH --metric x", "did you mean `sweep runs PATH --sort NAME`?"),
        ("sweep best PATH --format comand", "Did you mean 'command'?"),
        ("sweep export PATH --format cvs", "Did you mean 'csv'?"),
        ("sweep launch PATH --on slrm", "Did you mean 'slurm'?"),
        ("sweep launch PATH --on local -- --cont 5", "did you mean '--count'?"),
        ("sweep ls --all", "leave it out, all are listed"),
        ("sweep ls -a", "leave it out, all are listed"),
        ("sweep ls PATH", "`sweep show PATH` shows one sweep"),
        ("sweep rm -rf PATH", "did you mean `--yes`?"),
        ("sweep -P lr=0.1,0.2 train.py", "it is an option of `sweep run`"),
        ("sweep show --project x", "it is an option of `sweep create`, `agent` and `sweep run`"),
        ("sweep export PATH out.csv", "did you mean `-o out.csv`?"),
        ("sweep ls --csv", "it is an option of `sweep runs`"),
        ("sweep show PATH --watch", "did you mean `sweep top PATH`?"),
        ("sweep logs RUN --tail 5", "did you mean `sweep logs RUN | tail -n N`?"),
        ("sweep --list", "did you mean `sweep ls`?"),
        ("sweep --settings x sweep.yaml", "leave it out, W&B's settings mean nothing here"),
        ("sweep --count 5 sweep.yaml", "did you mean `agent --count N PATH`?"),
        ("sweep stop", "`sweep ls` shows the paths."),
        ("agent -n 5 PATH", "did you mean `--count N`?"),
        ("agent --gpu 0 PATH", "did you mean '--gpus'?"),
        ("agent --parallel 2 PATH", "did you mean `-j N`?"),
        ("agent --stop PATH", "'--stop': did you mean `sweep stop`?"),
        ("agent --on slurm PATH", "it is an option of `sweep launch`"),
        ("agent --wandb standin PATH", "did you mean 'stand-in'?"),
        ("sweepcli runs PATH --csvv", "did you mean '--csv'?"),
    ],
)
def test_what_may_be_meant_is_told(call: Call, path: str, line: str, advice: str) -> None:
    answer = call(line.replace("PATH", path))

    assert (answer.code, answer.out) == (2, "")
    assert advice in answer.err.replace(path, "PATH")
    assert answer.err.startswith("Usage: ")


@pytest.mark.parametrize(
    ("option", "advice"),
    [
        ("--columns los", "did you mean loss?"),
        ("--columns id,vaule", "did you mean value?"),
        ("--sort -losss", "did you mean loss?"),
        ("--filter 'los > 1'", "did you mean loss?"),
        ("--filter 'stat == 1'", "did you mean state?"),
    ],
)
def test_a_column_that_no_run_has_is_told(call: Call, done: str, option: str, advice: str) -> None:
    answer = call(f"sweep runs {done} {option}")
    assert (answer.code, advice in answer.err.replace("'", "")) == (2, True)


def test_an_unknown_word_before_others_is_no_config(call: Call) -> None:
    answer = call("sweep frobnicate 12")
    assert (answer.code, answer.out) == (2, "")
    said = "Error: No such command or file 'frobnicate': `sweep --help` lists the commands.\n"
    assert answer.err == said
    assert "frobnicate: no such file" in call("sweep frobnicate --json").err


def test_h_is_short_for_help(bash: Bash) -> None:
    # In processes of their own: click keeps the names of the option that it was asked for first.
    answer = bash(
        "for words in sweep 'sweepcli show' agent 'sweepcli run'; do "
        "help=$($words -h); diff <($words --help) - <<< $help; "
        "grep -c '^  -h, --help  ' <<< $help; done"
    )
    assert (answer.out.split(), answer.err) == (["1"] * 4, "")


@pytest.mark.parametrize(
    "words", ["sweep", "sweepcli create", "agent", "sweep show", "sweep check"]
)
def test_a_script_instead_of_a_config_or_a_sweep_is_told(
    call: Call, folder: Path, path: str, words: str
) -> None:
    (folder / "my train.py").write_text("print(1)")

    answer = call(f"{words} 'my train.py'")

    assert path
    assert (answer.code, answer.out) == (2, "")
    said = "my train.py is a script: `sweepcli run -P lr=0.1,0.2 'my train.py'` makes a sweep"
    assert said in answer.err


def test_the_path_of_a_sweep_is_no_config(call: Call, path: str) -> None:
    for name in (path, path.rpartition("/")[2]):
        answer = call(f"sweep {name}")
        assert (answer.code, answer.out) == (1, "")
        assert f"`sweep show {name}` shows that sweep, `agent {name}` runs it" in answer.err
    said = (
        "nor is it a command: `sweep --help` lists them; `sweep show latest` shows a sweep or run"
    )
    assert said in call("sweep latest").err


def test_the_flags_of_wandb_take_any_word_for_a_sweep(call: Call, path: str) -> None:
    assert path
    answer = call("sweep --stop status")
    assert (answer.code, "no sweep 'status'" in answer.err) == (1, True)


def test_advice_names_commands_that_work_beside_another_agent(bash: Bash) -> None:
    script = (
        "printf '#!/bin/sh\\n' > agent; chmod +x agent; PATH=$PWD:$PATH; sweep start; sweep list"
    )
    said = bash(script).err
    assert "did you mean `sweepcli agent`?" in said
    assert "sweepcli: Did you mean `sweep ls`? It is run now\n" in said
