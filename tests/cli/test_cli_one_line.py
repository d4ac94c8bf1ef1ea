"""`sweepcli run -P …`: a sweep from one line, its answer, its faults; without -P just a program."""

from __future__ import annotations

import shlex
import subprocess
from contextlib import chdir
from pathlib import Path

import pytest

from command_lines import Answer, Bash, Call
from launching import environment, shown
from support import until
from sweepcli import commands
from sweepcli.sweep_config import document, load
from terminals import CTRL_C

PRINTS = "sh -c 'echo a line; echo loss: ${x}'"
LOSS = "--metric 'loss: {loss}' --minimize"


def kept(answer: Answer) -> str:
    """Return where the config of the sweep that was made is kept."""
    (line,) = (line for line in answer.err.splitlines() if "config is kept in: " in line)
    return line.partition(" in: ")[2]


def made(answer: Answer) -> str:
    """Return the path of the sweep that was made, as scripts find it."""
    (line,) = (line for line in answer.err.splitlines() if "Run sweep agent with: " in line)
    return line.split()[-1]


def test_one_line_answers_with_the_best_run_and_its_command_alone(call: Call) -> None:
    answer = call(f"sweepcli run -P x=3,1,2 {LOSS} -- {PRINTS}")

    *best, command = answer.out.splitlines()
    assert answer.code == 0
    assert best == call(f"sweep best {made(answer)}").out.splitlines()
    assert command == "sh -c 'echo a line; echo loss: 1'"
    assert command == call(f"sweep best {made(answer)} --format command").out.strip()


def test_it_says_what_it_made_chose_and_what_comes_next(call: Call) -> None:
    answer = call(f"sweepcli run -P x=3,1,2 --metric 'loss: {{loss}}' -- {PRINTS}")

    path = made(answer)
    shown = [line.removeprefix("sweepcli: ") for line in answer.err.splitlines()]
    assert shown[:4] == [
        "Creating sweep from: the command line",
        "loss is minimized; --maximize if greater is better",
        "Of each run, the least loss counts; --value last, mean or last:5 counts another number",
        "Method: grid, since there are 3 combinations",
    ]
    assert shown[7] == f"Run sweep agent with: {commands.line('agent')} {path}"
    assert shown[-1] == f"Next: {commands.line('sweep show')} {path}"
    assert f"/{path}/sweep.yaml" in kept(answer)


def test_the_config_that_is_kept_makes_the_same_sweep(call: Call) -> None:
    params = "-P 'x=1,\"1\",[1,[2]],null,yes,*.csv' -P y=1..64:log -P z=0.5"
    first = call(f"sweepcli run {params} --runs 2 --name first -- echo -v '${{x}}' '${{args}}'")
    config = kept(first)
    second = call(f"sweep {config}").out.strip()
    again = config.replace(made(first), second)

    def read(path: str) -> object:
        return load.load(Path(path).read_bytes(), path).raw

    assert read(config) == read(again)
    call(f"agent -q {second}")
    runs = [call(f"sweep runs {path} --json").json for path in (made(first), second)]
    assert [run["params"] for run in runs[0]] == [run["params"] for run in runs[1]]
    assert len(runs[0]) == 2


def test_json_is_one_object(call: Call) -> None:
    answer = call(f"sweepcli run -P x=3,1 {LOSS} --json -q -- {PRINTS}")

    found = answer.json
    assert list(found) == [
        *("path", "config", "best", "command", "ran", "states", "why", "exit_code")
    ]
    assert (found["path"], found["config"]) == (made(answer), kept(answer))
    assert found["best"]["params"] == {"x": 1}
    assert found["command"] == "sh -c 'echo a line; echo loss: 1'"
    assert (found["ran"], found["states"], found["exit_code"]) == (2, {"finished": 2}, 0)
    assert "Next: " not in answer.err


def test_without_a_metric_there_is_no_best_run_and_nothing_on_stdout(call: Call) -> None:
    answer = call("sweepcli run -P x=3,1 -- echo printed")

    assert (answer.code, answer.out) == (0, "")
    assert "Its runs: 2 finished" in answer.err
    assert call("sweepcli run -P x=3 --json -- true").json["best"] is None


def test_a_metric_that_nothing_logs_is_told_with_what_to_write(call: Call) -> None:
    answer = call("sweepcli run -P x=3 --metric loss -- echo loss: 3")

    assert answer.out == ""
    assert "no run has a value of 'loss'; where it is printed, write --metric 'loss: {loss}'" in (
        answer.err
    )


def test_a_metric_is_read_from_a_file_of_each_run(call: Call) -> None:
    metric, script = "${run_dir}/out.csv:loss", 'printf "step,loss\\n1,9\\n2,${x}\\n" > $0'
    line = f"-j 2 -- sh -c '{script}' '${{run_dir}}/out.csv'"

    answer = call(f"sweepcli run -P x=3,1,2 --metric '{metric}' --minimize {line}")
    shared = call(f"sweepcli run -P x=3,1,2 --metric out.csv:loss {line}")

    assert answer.out.splitlines()[1].split()[:2] == ["value", "loss=1"]
    assert "the command names the run's own folder" in answer.err
    assert shared.code == 2
    assert "write '${run_dir}/out.csv' here and in COMMAND, or run one at a time" in shared.err
    assert len(call("sweep ls --json").json) == 1


def test_the_mean_of_a_column_is_said_by_value_and_not_by_a_function(call: Call) -> None:
    metric, line = "${run_dir}/out.csv:mean(loss)", "-- touch '${run_dir}/out.csv'"

    answer = call(f"sweepcli run -P x=3,1 --metric '{metric}' {line}")

    assert answer.code == 2
    assert "write --metric '${run_dir}/out.csv:loss' --value mean" in answer.err
    assert call("sweep ls --json").json == []


def test_after_a_list_with_the_worst_run_first_the_best_ones_come_next(call: Call) -> None:
    path = made(call("sweepcli run -P x=3,9 --metric 'acc: {acc}' -- echo acc: '${x}'"))

    assert call(f"sweep runs {path} --sort value").err.endswith(f"best {path} --top 5\n")
    assert "sweep show" in call(f"sweep runs {path} --sort=-value").err


def test_a_line_with_brackets_is_read_as_it_is_printed(call: Call) -> None:
    line = "sh -c 'echo \"acc (%): ${x}\"'"

    answer = call(f"sweepcli run -P x=3,9,1 --metric 'acc (%): {{acc}}' -- {line}")

    assert answer.out.splitlines()[1].split() == ["value", "acc=9"]
    assert "regular expression" not in answer.err


def test_runs_that_could_be_called_the_best_too_are_told(call: Call) -> None:
    prints = "sh -c 'echo loss: ${x}; echo loss: $((9 - ${x}))'"  # 1 and 8; 3 and 6; the least: 1
    best = call(f"sweepcli run -P x=1,3 {LOSS} -- {prints}")
    last = call(f"sweepcli run -P x=1,3 {LOSS} --value last -- {prints}")
    same = call(f"sweepcli run -P x=1,2,3 {LOSS} -- sh -c 'echo loss: 7'")

    _, other = call(f"sweep runs {made(best)} --json").json
    told = f"by its last value run {other['id']} is the best (loss=6): `value: last` under"
    assert told in best.err
    assert told in call(f"sweep best {made(best)}").err
    assert "by its last value" not in last.err
    assert "by its last value" not in same.err
    assert "2 other runs have this value" in same.err
    assert "this value" not in call(f"sweep best {made(same)} --top 2").err + best.err


def test_a_json_file_has_the_metric_under_a_dotted_name(call: Call) -> None:
    script = 'echo "{\\"test\\": {\\"mae\\": ${x}}}" > m.json'

    answer = call(f"sweepcli run -P x=3,1,2 --metric m.json:test.mae -- sh -c '{script}'")

    assert answer.out.splitlines()[1].split()[:2] == ["value", "test.mae=1"]


def test_the_exit_code_is_the_agents(call: Call) -> None:
    failed = call("sweepcli run -P x=1,2 -- false")
    assert failed.code == 1
    assert f"sweepcli: Next: {commands.line('sweep logs')} " in failed.err
    assert call("sweepcli run -P x=1,2 --strict -- sh -c 'test ${x} = 1'").code == 1
    assert call("sweepcli run -P x=1,2 -- sh -c 'test ${x} = 1'").code == 0


def test_options_of_the_agent_work_and_count_is_spelled_runs(call: Call) -> None:
    found = call("sweepcli run -P x=1..9 --runs 4 -j 2 --json --max-time 1h -- true").json

    assert found["ran"] == 4
    for option in ("--count 2", "--requeue"):
        assert call(f"sweepcli run -P x=1,2 {option} -- true").code == 2


def test_names_go_into_the_path_and_the_config(call: Call, folder: Path) -> None:
    answer = call("sweepcli run -P x=1 --name mine -p other -e us --dir here -- true")

    assert made(answer).startswith("us/other/")
    assert kept(answer).startswith(str(folder / "here"))
    assert answer.err.endswith(f" {made(answer)} --dir {folder / 'here'}\n")
    raw = document.read(Path(kept(answer)).read_bytes(), "").data
    assert (raw["name"], raw["project"], raw["entity"]) == ("mine", "other", "us")


def test_a_sweep_that_is_not_over_is_told_how_to_go_on(call: Call) -> None:
    answer = call("sweepcli run -P x=3,1,2 --max-time 0.001s -- true")

    path = made(answer)
    assert answer.err.splitlines()[-1] == f"sweepcli: Next: {commands.line('agent')} {path}"
    call(f"agent {path}")
    assert len(call(f"sweep runs {path} --json").json) == 3


@pytest.mark.parametrize(
    "value", ["a b", "it's", '"', "$HOME", "*.csv", "a;b", "-x", "é", "a,b", "1e-4", "\\n", "${x}"]
)
def test_a_text_reaches_the_program_as_it_is(call: Call, folder: Path, value: str) -> None:
    script = folder / "own.sh"
    script.write_text('printf %s "$2" > value')
    quoted = "'" + value.replace("'", "''") + "'"  # YAML's quotes, inside of the shell's

    answer = call(f"sweepcli run -P {shlex.quote(f'x={quoted}')} -- sh own.sh -v '${{x}}'")

    assert answer.code == 0
    assert (folder / "value").read_text() == value


def test_a_python_file_is_run_by_python_and_gets_flags(call: Call, folder: Path) -> None:
    (folder / "train.py").write_text(
        "import argparse\n"
        "parser = argparse.ArgumentParser()\n"
        "parser.add_argument('--lr', type=float)\n"
        "parser.add_argument('-v', action='store_true')\n"
        "print('loss:', parser.parse_args().lr)\n"
    )
    for line in ("train.py", "train.py -v", "-- train.py", "python train.py"):
        answer = call(f"sweepcli run -P lr=0.2,0.1 {LOSS} {line}")
        assert answer.out.splitlines()[1].split() == ["value", "loss=0.1"], line


def test_args_style_gives_the_arguments_the_form_of_a_parser(call: Call) -> None:
    command = "sh -c 'echo loss: 1' --"
    answer = call(f"sweepcli run -P opt.lr=0.2 {LOSS} --args-style hydra {command}")

    assert answer.out.endswith("-- opt.lr=0.2\n")


# On a terminal, and when it is interrupted


WAITS = "sh -c 'echo loss: ${x}; touch begun; until [ -e go ]; do sleep 0.02; done'"


def test_a_board_shows_what_runs_print_and_the_answer_follows(folder: Path) -> None:
    line = f"sweepcli run -P x=3,1 -j 2 {LOSS} -- {WAITS}"
    with chdir(folder), shown(line) as (terminal, process):
        terminal.until_shown("0 of 2 done, 2 running", "best loss=1", "] loss: 3")
        (folder / "go").touch()
        terminal.until(lambda: process.poll() is not None)

    *_, value, x, command, following = terminal.lines
    assert terminal.was_painted
    assert [value.split()[1], x.split()] == ["loss=1", ["x", "1"]]
    assert command.startswith("sh -c 'echo loss: 1; touch begun")
    assert following.startswith("sweepcli: Next: ")


def test_ctrl_c_twice_ends_with_the_best_so_far_and_how_to_go_on(folder: Path) -> None:
    line = f"sweepcli run -P x=3,1 {LOSS} -- {WAITS}"
    with chdir(folder), shown(line) as (terminal, process):
        terminal.until_shown("best loss=3")
        terminal.press(CTRL_C)
        terminal.until_shown("Send ctrl-c again")
        terminal.press(CTRL_C)
        terminal.until(lambda: process.poll() is not None)

    said = "\n".join(terminal.lines)
    assert process.returncode == 130
    assert "state  killed" in said
    assert "sweepcli: Next: " in terminal.lines[-1]


def test_after_kill_9_an_agent_goes_on_with_the_sweep(folder: Path, call: Call) -> None:
    words = shlex.split(f"sweepcli run -P x=3,1 --json {LOSS} -- {WAITS}")
    with (folder / "said").open("w") as said:
        process = subprocess.Popen(words, stdout=said, stderr=said, env=environment())
    until((folder / "begun").exists)
    process.kill()
    process.wait()
    (folder / "go").touch()

    path = made(Answer(0, "", (folder / "said").read_text()))

    call(f"agent {path}")
    runs = call(f"sweep runs {path} --json").json
    assert [run["state"] for run in runs] == ["finished", "finished"]
    assert call(f"sweep best {path} --json").json["value"] == 1


# Faults


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("-P x=5..1 --runs 3 -- true", "-P x=5..1: 5 is not less than 1: write x=1..5"),
        ("-P x=1..5 -- true", "-P x=1..5: is a range: say how many runs to make (add --runs N)"),
        ("-P x=1 --minimize -- true", "--minimize: needs a metric"),
        ("-P x=1,2 --method simplex -- true", "--method simplex: "),
        ("-P x=1,2 --method a.b:c -- true", "--method a.b:c: has no end of runs"),
        ("-P x=1 -- true ${y}", "COMMAND: ${y} is neither a macro nor a parameter"),
        ("-P x=1", "Missing argument 'PROGRAM'"),
        ("-P x=1 --runs 0 -- true", "'0' is not a whole number from 1"),
        ("-P x=1 -q -v -- true", "--quiet and --verbose"),
        (
            "-P x=1 --epochs 3 train.py",
            "'--epochs': to sweep over it, write -P epochs=0.1,0.2; options",
        ),
        ("--runs 3 train.py", "--runs is for a sweep: add -P NAME=VALUES to make one."),
        ("--json train.py", "--json is for a sweep"),
        ("--dir x train.py", "--dir is for a sweep"),
        ("--epochs 3 train.py", "write -P epochs=0.1,0.2; options of PROGRAM stand behind it"),
        ("-P x=1 --metirc loss train.py", "'--metirc': did you mean '--metric'?"),
        ("-P x=1 --n-trials 3 train.py", "did you mean `--runs N`?"),
        ("-P x=1 -p y=1,2 train.py", "-p is the project: did you mean -P y=1,2?"),
        ("-p y=1,2 train.py", "did you mean -P y=1,2?"),
        ("-P x=1,2", "Missing argument 'PROGRAM'. As in `sweepcli run -P lr=0.1,0.2 train.py`."),
        ("-P", "Option '-P' requires an argument, as in -P lr=0.1,0.2"),
    ],
)
def test_wrong_usage_creates_nothing_and_names_the_option(
    call: Call, folder: Path, line: str, said: str
) -> None:
    answer = call(f"sweepcli run {line}")

    assert answer.code == 2
    assert said in answer.err
    assert answer.out == ""
    assert not (folder / "sweep-results").exists()


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("nothing-of-this-name", "cannot start 'nothing-of-this-name': no such program"),
        ("'python train.py'", "write its words apart"),
        ("train.py", "no file 'train.py' in "),
        ("CUDA_VISIBLE_DEVICES=0 python x.py", "write `env CUDA_VISIBLE_DEVICES=0 …`"),
        ("x=2 -- true", "without the braces that a shell expands"),
        ("python train.py", "no file 'train.py' in "),
        ("own.sh", "cannot start 'own.sh': it is not executable: write `sh own.sh`"),
        ("./own.sh", "cannot start './own.sh': it is not executable: write `sh ./own.sh`"),
        ("run.sh", "cannot start 'run.sh': it is not on the PATH: write ./run.sh"),
        ("true ${envvar:NOT_SET_AT_ALL}", "the environment has no variable NOT_SET_AT_ALL"),
        ("true ${gpu}", "${gpu} needs an agent with GPUs: add --gpus all"),
    ],
)
def test_a_command_that_cannot_start_creates_nothing(
    call: Call, folder: Path, command: str, said: str
) -> None:
    (folder / "own.sh").write_text("true")
    (folder / "run.sh").touch(0o755)

    answer = call(f"sweepcli run -P x=1 -- {command}")

    assert answer.code == 1
    assert said in answer.err
    assert not (folder / "sweep-results").exists()


def test_every_fault_is_told_at_once(call: Call) -> None:
    answer = call("sweepcli run -P x=5..1 -P y=1.. --metric '{a} {b}' -- true ${z}")

    starts = [line.split(":")[1].strip() for line in answer.err.splitlines()]
    assert starts == [
        *("ERROR -P x=5..1", "ERROR -P y=1..", "ERROR --metric {a} {b}", "ERROR COMMAND")
    ]


# Without -P


def test_without_params_a_program_is_run_as_it_is(bash: Bash, folder: Path) -> None:
    (folder / "own.py").write_text("import sys\nprint(sys.argv[1:])\n")
    for line in ("own.py -P x=1 --runs 3", "-- own.py -P x=1 --runs 3"):
        answer = bash(f"sweepcli run {line}")
        assert (answer.code, answer.out) == (0, "['-P', 'x=1', '--runs', '3']\n")
        assert "-P stands behind PROGRAM, so PROGRAM gets it" in answer.err
