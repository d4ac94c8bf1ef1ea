"""The ways in which scripts catch the id of a sweep, as found in public repositories."""

from __future__ import annotations

import re

import pytest

from command_lines import Bash, Call

AGENT_AWK = "awk '/wandb agent/{print $NF}'"
RECIPES = {
    "last field of the line": f"ID=$(wandb sweep sweep.yaml 2>&1 | {AGENT_AWK})",
    "grep, then the last field": "OUT=$(wandb sweep sweep.yaml 2>&1);"
    " ID=$(echo \"$OUT\" | grep -o 'wandb agent [^ ]*' | awk '{print $NF}')",
    "all behind the command": r"ID=$(wandb sweep sweep.yaml 2>&1 | grep -oP 'wandb agent \K.*')",
    "the eighth column": "ID=$(wandb sweep sweep.yaml 2>&1 | awk '/with:/{print $8}')",
    "the whole sentence": "ID=$(wandb sweep sweep.yaml 2>&1"
    " | grep 'Run sweep agent with:' | awk '{print $NF}')",
    "three parts": 'out=$(wandb sweep sweep.yaml 2>&1); ID=$(echo "$out"'
    ' | grep -Eo "[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+/[A-Za-z0-9]+" | tail -n 1)',
    "a log file": "wandb sweep sweep.yaml -p demo &>sweep_id.log;"
    " ID=$(grep -o 'ID: .*' sweep_id.log | cut -f2 -d ' ')",
    "what W&B's support advised": "ID=$(wandb sweep sweep.yaml 2> >(sed -n 's/.*ID://p'))",
    "one joined line": "result=$(wandb sweep sweep.yaml 2>&1);"
    r' ID=$(echo $result | sed "s/^.*wandb agent \([^[:space:]]*\).*$/\1/")',
    "Python, last word of stderr": 'ID=$(python3 -c "import subprocess as s; print(s.run('
    "['wandb', 'sweep', 'sweep.yaml'], capture_output=True, text=True)"
    ".stderr.split(' ')[-1].strip())\")",
    "Python, the one line": 'ID=$(wandb sweep sweep.yaml 2>&1 | python3 -c "import sys; row, ='
    " [r for r in sys.stdin.read().split('\\n') if 'Run sweep agent with:' in r];"
    ' print(row.split()[-1])")',
    "Python, the id alone": 'ID=$(wandb sweep sweep.yaml 2>&1 | python3 -c "import sys;'
    " line, = [l for l in sys.stdin if 'ID:' in l]; print(line.split()[-1])\")",
    "standard output": "ID=$(wandb sweep sweep.yaml)",
}
# The prefix is one word and so is `agent`: there is no eighth column.
NOT_UNDER_THE_SHORT_NAMES = {"the eighth column"}
QUICK = {"the whole sentence", "standard output"}  # under these names, in `make test`


@pytest.mark.parametrize("name", RECIPES)
def test_recipe_works_with_wandb_replaced_by_sweepcli(name: str, bash: Bash, call: Call) -> None:
    script = RECIPES[name].replace("'wandb', 'sweep'", "'sweepcli', 'sweep'")
    script = re.sub("wandb (sweep|agent)", r"sweepcli \1", script)

    caught = bash(f'{script}; echo "$ID"').out
    answer = call(f"sweepcli agent --quiet {caught}")

    assert answer.code == 0, answer.err
    assert "Its runs: 2 finished, 1 failed" in answer.err


@pytest.mark.parametrize(
    "name",
    [
        name if name in QUICK else pytest.param(name, marks=pytest.mark.slow)
        for name in RECIPES
        if name not in NOT_UNDER_THE_SHORT_NAMES
    ],
)
def test_recipe_works_under_the_short_names(name: str, bash: Bash, call: Call) -> None:
    script = RECIPES[name].replace("'wandb', 'sweep'", "'sweep'")
    script = script.replace("wandb sweep", "sweep").replace("wandb agent", ": agent")

    caught = bash(f'{script}; echo "$ID"').out.split()

    [sweep] = call("sweep ls --json").json
    assert caught
    assert set(caught) <= {sweep["path"], sweep["id"]}


def test_old_wording_of_wandb_is_not_printed(bash: Bash) -> None:
    answer = bash(r"sweep sweep.yaml 2>&1 | sed -n 's/.*Created sweep with ID: \(.*\)$/\1/p'")
    assert answer.out == ""


def test_stop_after_the_end_is_told_in_the_words_that_scripts_look_for(bash: Bash) -> None:
    answer = bash(
        "P=$(sweep sweep.yaml 2>/dev/null); agent -q $P >/dev/null 2>&1;"
        ' OUT=$(sweep --stop "$P" 2>&1) && [[ "$OUT" == *"Sweep already finished."* ]]'
    )

    assert answer.code == 0
