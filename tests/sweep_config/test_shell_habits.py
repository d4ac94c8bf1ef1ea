"""Elements written as if a shell read them: reported at once, and nothing else is."""

from __future__ import annotations

import pytest

from sweepcli.sweep_config import load, several_words, shell_habits

NAMES = ["lr", "depth"]
DEFAULT = ["${env}", "${interpreter}", "${program}", "${args}"]


def said(*command: str) -> list[str]:
    return [f"{index}: {text} ({fix})" for index, text, fix in shell_habits.advice(command, NAMES)]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["accelerate launch", "train.py"], "`accelerate`, `launch`"),
        (["python -u", "train.py"], "`python`, `-u`"),
        (["${env}", "${interpreter} ${program}"], "`${interpreter}`, `${program}`"),
        (["python", "t.py", "--config configs/base.yaml"], "`--config`, `configs/base.yaml`"),
        (["python", "t.py", "--flag", "--lr ${lr}"], "`--lr`, `${lr}`"),
        (["python", "-m torch.distributed.run"], "`-m`, `torch.distributed.run`"),
        (["python", "t.py --epochs 3"], "`t.py`, `--epochs`, `3`"),
        (["python", "t.py", "--a=1 --b=2"], "`--a=1`, `--b=2`"),
        (["python", "t.py", "model=a data=b"], "`model=a`, `data=b`"),
        (["accelerate", "launch --multi_gpu", "t.py"], "`launch`, `--multi_gpu`"),
        (["uv", "run python", "t.py"], "`run`, `python`"),
        (["A=1 python", "t.py"], "`env`, `A=1`, `python`"),
        (["${env}", "A=1 python", "t.py"], "`A=1`, `python`"),
    ],
)
def test_several_words_in_an_element_are_shown_as_one_element_each(
    command: list[str], words: str
) -> None:
    (line,) = said(*command)
    assert line.endswith(f"there is no shell to split it (one argument each: write {words})")


@pytest.mark.parametrize(
    "command",
    [
        ["python", "t.py", "--name", "a run -v of mine"],
        ["python", "t.py", "--name=a run of mine", "hello world", "data/my set/a.csv"],
        ["python", "t.py", "--extra-args", "--lr 0.1 --bs 2", "--cmd=run --x 1"],
        ["python", "-c", "import t; t.run('a b', \"c\") && x", "${args}"],
        ["bash", "-c", "cd x && A='b c' python -u t.py --d 1 > ${lr} | tee $HOME/$(date)"],
        ["ssh", "host", "cd x && python -u t.py $HOME"],
        ["/opt/My Tools/bin/run", "-1 1", "--ids=[1, 2]", "{'a': 1}", "['a', 'b']", '{"a": 1}'],
        ["python", "t.py", "msg='a b'", '+x="a b"', "--fmt={epoch}-{val_loss:.2f}", "{epoch}"],
        ["${env}", "A=1", "python", "t.py", "$name", "a$b", "$$HOME", r"\$HOME", "~/x", "*.csv"],
        ["python", "t.py", "--op", ">", "a\n--b c"],
        ["${env}", "A=b c", "XLA_FLAGS=--a=1 --b=2", "python", "t.py"],
        ["awk", "-v", "lr=${lr}", "{ print $NF, $lr }"],
        ["perl", "-ne", "print if /$X {lr}/", "${args}"],
        ["docker", "run", "--gpus", '"device=0,1"', "image", "${args}"],
        ["find", ".", "-exec", "python", "t.py", "{}", ";"],
        ["parallel", "python t.py --lr {}", ":::", "${lr}"],
        ["sbatch", "--wrap=python t.py --lr ${lr} --id $SLURM_JOB_ID"],
        ["bash", "run.sh", "python", "-c", "import t", "${args}"],
        ["bash", "-x", "run.sh", "-c", "conf.yaml", "${args}"],
        ["bash", "-euo", "pipefail", "-c", 'for a; do x "$a"; done', "--", "${args}"],
        ["bash", "-c", "python t.py $1", "_", "${lr}"],
        ["bash", "-c", 'python t.py "$0" "$@"', "${args}"],
        ["bash", "-c", "python - <<< 'print(f\"{1} {lr} \")'"],
        DEFAULT,
    ],
)
def test_what_may_be_one_argument_is_let_be(command: list[str]) -> None:
    assert said(*command) == []


@pytest.mark.parametrize(
    ("element", "fix"),
    [
        *((f"{a}args{b}", "did you mean '${args}'?") for a, b in ("{}", ("{{", "}}"), "%%")),
        *((text, "did you mean '${args}'?") for text in ("$args", "$(args)", "${{args}}", "$ARGS")),
        *((text, "did you mean '${lr}'?") for text in ("--lr={lr}", "run_$lr", "{ lr }")),
        ('--ckpt="a b.ckpt"', "write '--ckpt=a b.ckpt'"),
        ("'a b'", "write 'a b'"),
        *((text, "did you mean '${args}'?") for text in ("${args", "$ {args}", "{$args}")),
        *((text, "write '--lr'") for text in ("--lr ", " --lr")),
        ("$HOME/data", "write '${envvar:HOME}' for the variable of the environment"),
        ("$WANDB_RUN_ID", "the run has it as a variable: read it in the program"),
    ],
)
def test_what_only_a_shell_would_read_is_named_with_the_cure(element: str, fix: str) -> None:
    (line,) = said("python", "t.py", element)
    assert line.endswith(f" ({fix})")


def test_braces_that_yaml_reads_as_a_mapping_are_shown_as_a_macro() -> None:
    text = "method: grid\nparameters: {lr: {value: 1}}\ncommand: [python, t.py, {args}, {lr}, {x}]"
    assert [warning.fix for warning in load.load(text, "s").warnings] == [
        "did you mean '${args}'?",
        "did you mean '${lr}'?",
        "put the argument in quotes",
    ]


def test_quotes_inside_an_element_are_said_to_reach_the_program() -> None:
    assert "there is no shell: the quotes in" in said("python", '--ckpt="a b.ckpt"')[0]


@pytest.mark.parametrize(
    ("command", "fix"),
    [
        (
            ["source", "env.sh", "&&", "python", "${program}", "${args}"],
            "'source env.sh && exec \"$@\"', '--', 'python', '${program}', '${args}'",
        ),
        (
            ["python", "${args}", ">", "log", "2>&1"],
            "'\"$@\" > log 2>&1', '--', 'python', '${args}'",
        ),
    ],
)
def test_a_shells_operator_is_shown_in_a_shell(command: list[str], fix: str) -> None:
    (line,) = said(*command)
    assert line.endswith(f"(write ['bash', '-c', {fix}])")


@pytest.mark.parametrize(
    ("command", "fix"),
    [
        (
            ["cd src && python t.py", "${args}"],
            "write ['bash', '-c', 'cd src && exec python t.py \"$@\"', '--', '${args}']",
        ),
        (
            ["export A=1", "python", "t.py"],
            "write ['bash', '-c', 'export A=1 && exec \"$@\"', '--', 'python', 't.py']",
        ),
        (
            ["python", "t.py", "| tee log"],
            "write ['bash', '-c', 'set -o pipefail; \"$@\" | tee log', '--', 'python', 't.py']",
        ),
        (["python", "t.py", "&"], "remove it: `agent -j 4` has four runs at a time"),
        (["python", "t.py", "--lr=", "${lr}"], "write '--lr=${lr}'"),
        (["~/env/bin/python", "t.py"], "write '${envvar:HOME}/env/bin/python'"),
        (["bash", "-c", "python t.py --lr {lr}"], "did you mean '${lr}'?"),
    ],
)
def test_a_line_that_only_a_shell_can_run_is_shown_as_it_works(
    command: list[str], fix: str
) -> None:
    (line,) = said(*command)
    assert line.endswith(f" ({fix})")


@pytest.mark.parametrize("behind", [["${args}"], ["--", "${args}"], ["t.py", "${lr}"]])
def test_arguments_that_a_shells_text_does_not_use_are_not_lost_in_silence(
    behind: list[str],
) -> None:
    assert "its text does not use it" in said("bash", "-c", "python t.py", *behind)[0]


def test_the_first_argument_does_not_become_the_shells_name_in_silence() -> None:
    (line,) = said("bash", "-c", 'python t.py "$@"', "${args}")
    assert line.endswith("(write ['bash', '-c', 'python t.py \"$@\"', '--', '${args}'])")


def test_an_option_that_yaml_reads_as_a_mapping_is_shown_as_one_argument() -> None:
    text = "method: grid\nparameters: {lr: {value: 1}}\ncommand: [python, t.py, --lr: '${lr}']"
    assert load.load(text, "s").warnings[0].fix == "write '--lr=${lr}'"


def test_a_setting_before_the_program_needs_env() -> None:
    assert said("A=1", "python", "t.py")[0].endswith("(write '${env}' before it)")


@pytest.mark.parametrize("text", ["python t.py $args", "python t.py --lr $lr"])
def test_a_param_is_no_variable_of_the_shell(text: str) -> None:
    assert len(said("bash", "-c", text)) == 1
    assert said("bash", "-c", f"args=1 lr=2\n{text}") == []


@pytest.mark.parametrize(
    ("program", "command"),
    [
        (
            "torchrun --nproc_per_node=4 train.py",
            "['${env}', 'torchrun', '--nproc_per_node=4', 'train.py', '${args}']",
        ),
        (
            "train.py --epochs 3",
            "['${env}', '${interpreter}', 'train.py', '--epochs', '3', '${args}']",
        ),
        ("-m pkg.train", "['${env}', '${interpreter}', '-m', 'pkg.train', '${args}']"),
        ("python train.py", "['${env}', 'python', 'train.py', '${args}']"),
        ("accelerate launch train.py", "['${env}', 'accelerate', 'launch', 'train.py', '${args}']"),
        ("train.py ${args}", "['${env}', '${interpreter}', 'train.py', '${args}']"),
        ("A=1 python train.py", "['${env}', 'A=1', 'python', 'train.py', '${args}']"),
        (
            "cd x && python t.py",
            "['bash', '-c', 'cd x && exec python t.py \"$@\"', '--', '${args}']",
        ),
    ],
)
def test_a_program_with_arguments_is_shown_as_a_command(program: str, command: str) -> None:
    text = f"method: grid\nprogram: {program}\nparameters: {{x: {{values: [1]}}}}"
    (warning,) = load.load(text, "s").warnings
    assert (warning.line, warning.fix) == (2, f"write `command: {command}`")


@pytest.mark.parametrize(
    ("program", "command"),
    [
        *((program, DEFAULT) for program in ("train.py", "my train.py", "src/my dir/train.py")),
        ("train.py --epochs 3", ["bash", "-c", "python ${program} --lr=${lr}"]),
    ],
)
def test_a_program_that_may_be_a_path_is_let_be(program: str, command: list[str]) -> None:
    assert several_words.of_program(program, command) is None


@pytest.mark.parametrize("program", ["~/train.py", "$HOME/train.py", "'train.py'", "train.py "])
def test_a_program_that_only_a_shell_would_find_is_complained_of(program: str) -> None:
    assert shell_habits.of_path(program)
