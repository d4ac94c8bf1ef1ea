"""The config that the options of one command line make, and what is wrong with them."""

from __future__ import annotations

import shlex

import pytest

from sweepcli.errors import ConfigError
from sweepcli.records import DEFAULT_COMMAND, JSON
from sweepcli.sweep_config import document, load, metric_goal, one_line, param_spec, patterns

TRAIN = "python train.py"


def given(command: str, *params: str, **rest: JSON) -> one_line.OneLine:
    return one_line.read(one_line.Options(shlex.split(command), params, **rest))


def loaded(command: str, *params: str, **rest: JSON) -> load.Loaded:
    return load.load_options(given(command, *params, **rest))


def faults(command: str, *params: str, **rest: JSON) -> list[str]:
    with pytest.raises(ConfigError) as error:
        loaded(command, *params, **rest)
    return str(error.value).split("\n")


def test_one_line_is_a_whole_config() -> None:
    found = loaded(
        TRAIN,
        *("lr=1e-4..1e-1:log", "depth=1,2,3", "opt=sgd,adam"),
        metric="loss: {loss}",
        minimizes=True,
        runs=20,
    )

    assert found.raw == {
        "method": "bayes",
        "parameters": {
            "lr": {"distribution": "log_uniform_values", "min": 1e-4, "max": 1e-1},
            "depth": {"distribution": "categorical", "values": [1, 2, 3]},
            "opt": {"distribution": "categorical", "values": ["sgd", "adam"]},
        },
        "metric": {"name": "loss", "goal": "minimize"},
        "metrics_from": {"output": ["loss: {loss}"]},
        "command": ["python", "train.py", "${args}"],
        "run_cap": 20,
    }
    assert not found.warnings


def test_it_is_the_same_config_when_its_yaml_is_read() -> None:
    found = loaded(
        "sh -c 'echo ${x}'", "x=1e-4,'1e-4',yes,'yes',[1,[2]],null", "y=1..9:log", runs=4
    )

    assert load.load(document.written(found.raw), "sweep.yaml").raw == found.raw


# The method


@pytest.mark.parametrize(
    ("params", "rest", "method", "why"),
    [
        (["a=1,2", "b=x,y,z"], {}, "grid", "since there are 6 combinations"),
        (["a=1"], {}, "grid", "since there is 1 combination"),
        (["a=1,2", "b=x,y,z"], {"runs": 6}, "grid", "since there are 6 combinations"),
        (
            ["a=1,2"],
            {"runs": 9, "metric": "loss"},
            "grid",
            "since there are 2 combinations, fewer than --runs 9",
        ),
        (["a=1,2", "b=x,y,z"], {"runs": 5}, "random", "since 6 combinations are too many"),
        (["a=1,2"], {"runs": 1, "metric": "loss"}, "bayes", "since 2 combinations are too many"),
        (["a=1,2", "b=1..9"], {"runs": 9}, "random", "since b is a range"),
        (["b=0.0..9"], {"runs": 9, "metric": "loss"}, "bayes", "since b is a range"),
    ],
)
def test_the_method_suits_the_params_and_says_why(
    params: list[str], rest: dict[str, JSON], method: str, why: str
) -> None:
    found = given(TRAIN, *params, **rest)

    assert found.data["method"] == method
    assert f"Method: {method}, {why}" in found.notes[-1]
    assert load.load_options(found).config.method == method


def test_a_method_that_is_given_is_taken_without_a_word() -> None:
    found = given(TRAIN, "a=1,2", method="random", runs=2)

    assert found.data["method"] == "random"
    assert not found.notes
    assert loaded(TRAIN, "a=1..8", method="grid").config.method == "grid"


@pytest.mark.parametrize(
    ("params", "rest", "said"),
    [
        (["a=1..8"], {}, "-P a=1..8: is a range: say how many runs to make (add --runs N)"),
        (["a=1..8"], {"method": "random"}, "(add --runs N)"),
        (["a=1..8.0"], {"method": "grid"}, "-P a=1..8.0: a grid cannot try all of a range"),
        (["a=1..8:log"], {"method": "grid"}, "-P a=1..8:log: a grid cannot try all of a range"),
        (["a=1,2"], {"method": "bayes"}, "--method bayes: needs a metric (add --metric"),
        (["a=1,2"], {"method": "custom"}, "--method custom: needs a config file"),
        (["a=1,2"], {"method": "byes"}, "--method byes: "),
    ],
)
def test_a_method_that_cannot_be_used_is_one_error(
    params: list[str], rest: dict[str, JSON], said: str
) -> None:
    (fault,) = faults(TRAIN, *params, **rest)

    assert said in fault


# The metric


def test_a_pattern_reads_the_output_and_a_name_is_what_the_script_logs() -> None:
    printed = loaded(TRAIN, "a=1,2", metric=r"epoch \d+ val/acc={val/acc}").raw
    logged = loaded(TRAIN, "a=1,2", metric="val/acc").raw

    assert printed["metric"] == logged["metric"] == {"name": "val/acc", "goal": "maximize"}
    assert printed["metrics_from"] == {"output": [r"epoch \d+ val/acc={val/acc}"]}
    assert "metrics_from" not in logged


@pytest.mark.parametrize(
    ("metric", "name", "metrics_from"),
    [
        ("out.csv:loss", "loss", {"csv": "out.csv"}),
        ("${run_dir}/out.csv: val loss", "val loss", {"csv": "${run_dir}/out.csv"}),
        ("reports/metrics.json:test.mae", "test.mae", {"json": "reports/metrics.json"}),
        ("a:b.jsonl:loss", "loss", {"json": "a:b.jsonl"}),
        ("out.csv: {loss}", "loss", {"output": ["out.csv: {loss}"]}),
    ],
)
def test_a_file_is_read_that_the_program_writes(
    metric: str, name: str, metrics_from: dict[str, str]
) -> None:
    made = loaded(TRAIN, "a=1,2", metric=metric).raw

    assert made["metric"]["name"] == name
    assert made["metrics_from"] == metrics_from


@pytest.mark.parametrize(
    ("metric", "said"),
    [
        ("{epoch}: {loss}", "has several names, {epoch}, {loss}; a sweep has one metric"),
        ("loss: {loss:.3f}", "write 'loss: {loss}'"),
        ("loss: {}", "has no {name} of a metric"),
        ("loss:", "is neither a pattern nor a name"),
        ("val loss", "is neither a pattern nor a name"),
        ("", "is neither a pattern nor a name"),
        ("out.txt:loss", "for a file that is written, FILE.csv:loss or FILE.json:loss"),
        (
            "out.csv",
            "is a file: which number is meant? (add the column that has it, as in out.csv:",
        ),
        ("${run_dir}/a.json:", "(add the key that has it, as in ${run_dir}/a.json:loss)"),
        ("${lr}.csv:loss", "${lr} has no value in a file's name (only ${run_dir} has one)"),
        (r"(\w+ {loss}", "is not a regular expression"),
        ("out.csv:mean(trees)", "another option (write --metric out.csv:trees --value mean)"),
        ("a b.json:Last(x.y)", "(write --metric 'a b.json:x.y' --value last)"),
        ("out.csv:max(loss)", "(write --metric out.csv:loss --maximize)"),
        ("min(loss)", "(write --metric loss --minimize)"),
        ("average(loss)", "(write --metric loss --value mean)"),
    ],
)
def test_a_metric_that_cannot_be_used_is_one_error(metric: str, said: str) -> None:
    (fault,) = faults(TRAIN, "a=1,2", metric=metric)

    assert fault.startswith(f"--metric {metric}")
    assert said in fault


@pytest.mark.parametrize(
    ("metric", "line"),
    [
        ("acc (%): {acc}", "acc (%): 8"),
        ("loss [val]: {loss}", "loss [val]: 8"),
        ("f1* {f1}", "f1* 8"),
        ("a|b {x}", "a|b 8"),
        ("*loss*: {loss}", "*loss*: 8"),
        ("(loss {loss}", "(loss 8"),
        ("cost ($) = {cost}", "cost ($) = 8"),
        ("{loss}% of it", "8% of it"),
        # What is a regular expression is one still.
        (r"epoch \S+ loss {loss}", "epoch 3/8 loss 8"),
        ("loss.*?{loss}", "loss is 8"),
        ("(train|val) loss {loss}", "val loss 8"),
        ("f1* {f1}", "f111 8"),
        ("loss [a-z]+: {loss}", "loss val: 8"),
        (r"acc \(%\): {acc}", "acc (%): 8"),
    ],
)
def test_a_metric_is_read_as_text_and_as_a_regular_expression(metric: str, line: str) -> None:
    made = loaded(TRAIN, "a=1,2", metric=metric)

    every = [patterns.compiled(text).values(line) for text in made.raw["metrics_from"]["output"]]
    assert made.config.metric is not None
    assert {made.config.metric.name: 8} in every
    assert not made.warnings


@pytest.mark.parametrize("metric", ["loss: {loss}", "val.loss = {loss}", "loss.*?{loss}"])
def test_one_pattern_is_enough_for_what_matches_itself(metric: str) -> None:
    assert loaded(TRAIN, "a=1,2", metric=metric).raw["metrics_from"] == {"output": [metric]}


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        ({"metric": "loss"}, "Of each run, the least loss counts; --value last, mean or"),
        ({"metric": "loss", "maximizes": True}, "the greatest loss counts"),
        ({"metric": "loss", "value": "final"}, None),
        ({}, None),
    ],
)
def test_it_is_told_that_the_best_number_counts(rest: dict[str, JSON], said: str | None) -> None:
    notes = " ".join(given(TRAIN, "a=1,2", **rest).notes)

    assert said in notes if said else "counts" not in notes


def test_a_pattern_may_have_its_name_twice() -> None:
    metric = loaded(TRAIN, "a=1,2", metric="loss={loss}|loss: {loss}").config.metric

    assert metric is not None
    assert metric.name == "loss"


@pytest.mark.parametrize(
    "name",
    [
        *("acc", "val/acc", "test_accuracy", "val_acc_epoch", "acc1", "top5", "F1", "f1_score"),
        *("R2", "r2_score", "roc_auc", "val/mAP50", "metrics/mAP50-95", "episode_reward"),
        *("rollout/ep_rew_mean", "neg_log_loss", "precision", "dice.mean", "win_rate"),
    ],
)
def test_a_well_known_metric_of_which_more_is_better_is_maximized(name: str) -> None:
    assert metric_goal.is_better_greater(name)
    assert given(TRAIN, "a=1,2", metric=name).data["metric"]["goal"] == "maximize"


@pytest.mark.parametrize(
    "name",
    *[
        [
            "loss",
            "val/loss",
            "rmse",
            "error_rate",
            "perplexity",
            "acc_loss",
            "mean",
            "seconds",
            "fid",
        ]
    ],
)
def test_any_other_metric_is_minimized(name: str) -> None:
    assert not metric_goal.is_better_greater(name)


def test_a_goal_that_was_chosen_is_told_and_one_that_was_given_is_kept() -> None:
    assert (
        "loss is minimized; --maximize if greater is better"
        in given(TRAIN, "a=1,2", metric="loss").notes
    )
    assert (
        "acc is maximized; --minimize if less is better"
        in given(TRAIN, "a=1,2", metric="acc").notes
    )
    kept = given(TRAIN, "a=1,2", metric="acc", minimizes=True)
    assert kept.data["metric"]["goal"] == "minimize"
    assert not any("acc is" in note for note in kept.notes)


@pytest.mark.parametrize(
    ("value", "means"), [("mean", "mean"), ("last", "last"), ("last:20", {"last": 20})]
)
def test_which_number_of_a_run_counts_can_be_chosen(value: str, means: JSON) -> None:
    made = loaded(TRAIN, "a=1,2", metric="loss", value=value).raw

    assert made["metric"]["value"] == means


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("avg", '--value avg: "avg" is not one of best, last, mean, final'),
        ("last:0", "--value last:0: must be a whole number of values"),
        ("last:x", '--value last:x: "last:x" is not one of best, last, mean, final'),
    ],
)
def test_a_number_that_cannot_be_chosen_names_its_option(value: str, said: str) -> None:
    (fault,) = faults(TRAIN, "a=1,2", metric="loss", value=value)

    assert fault.startswith(said)
    assert faults(TRAIN, "a=1,2", value=value)[0].startswith("--value: needs a metric")


def test_a_goal_needs_a_metric_and_only_one_is_given() -> None:
    assert faults(TRAIN, "a=1,2", maximizes=True)[0].startswith("--maximize: needs a metric")
    both = faults(TRAIN, "a=1,2", metric="loss", minimizes=True, maximizes=True)
    assert both == ["--minimize: cannot be used with --maximize"]


# The command


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (TRAIN, ["python", "train.py", "${args}"]),
        ("./a.out --seed 1", ["./a.out", "--seed", "1", "${args}"]),
        ("./a.out --rate ${lr}", ["./a.out", "--rate", "${lr}"]),
        ("./a.out ${args_no_hyphens}", ["./a.out", "${args_no_hyphens}"]),
        ("./a.out --out ${run_dir}", ["./a.out", "--out", "${run_dir}", "${args}"]),
        ("sh -c 'run $SWEEPCLI_PARAM_lr'", ["sh", "-c", "run $SWEEPCLI_PARAM_lr"]),
        ("train.py -v", ["${env}", "${interpreter}", "${program}", "-v", "${args}"]),
    ],
)
def test_args_are_appended_unless_the_command_passes_params(command: str, words: list[str]) -> None:
    assert list(loaded(command, "lr=1,2").config.command) == words


def test_a_python_file_alone_is_the_program_and_needs_no_command() -> None:
    found = loaded("train.py", "lr=1,2")

    assert found.raw["program"] == "train.py"
    assert "command" not in found.raw
    assert found.config.command == DEFAULT_COMMAND


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("./a.out --lr ${lr}", "COMMAND: does not pass ${depth}"),
        ("./a.out --lr ''", "COMMAND: has an empty word: a shell fills in ${…}"),
        ("./a.out --lr=", "put it in single quotes: '${lr}'"),
        ("sh -c x", "COMMAND: the shell gets ${args}, and its text does not use it"),
    ],
)
def test_a_command_without_some_of_the_params_is_told(command: str, said: str) -> None:
    warnings = loaded(command, "lr=1,2", "depth=1,2").warnings

    assert any(said in str(warning) for warning in warnings)


def test_faults_of_the_command_name_it() -> None:
    assert faults("./a.out ${depht}", "depth=1,2")[0].startswith("COMMAND: ${depht} is neither")
    assert faults("python ${program}", "depth=1,2")[0].startswith("COMMAND: ${program} has no")


def test_the_dashes_of_a_flag_are_no_part_of_a_name() -> None:
    assert loaded(TRAIN, "--lr=1,2").raw["parameters"].keys() == {"lr"}
    (fault,) = faults(TRAIN, "-n=1,2")
    assert "is a flag, not a name: write n, and -n '${n}' in COMMAND" in fault


# All at once


def test_every_fault_is_told_with_its_option_and_none_twice() -> None:
    found = faults(
        "./a.out ${dpth}",
        *("depth=5..1", "lr=1..2..", "lr=3", "x", "tag=", "=1"),
        metric="loss: {loss:.3f}",
        maximizes=True,
        method="byes",
        args_style="hydr",
    )

    assert [line.partition(": ")[0] for line in found] == [
        *("-P depth=5..1", "-P lr=1..2..", "-P lr=3", "-P x", "-P tag=", "-P =1"),
        *("--metric loss", "--method byes", "COMMAND", "--args-style hydr"),
    ]


def test_a_sweep_without_a_usable_param_has_no_further_fault() -> None:
    (fault,) = faults(TRAIN, "x")

    assert fault == f"-P x: has no name and value: write NAME=VALUE ({param_spec.FORMS})"


def test_a_long_option_is_cut_in_messages() -> None:
    (fault,) = faults(TRAIN, f"x={'1,' * 100}")

    assert len(fault.partition(":")[0]) <= 60


@pytest.mark.parametrize(
    ("word", "style"),
    [("fire", None), ("typer", "click"), ("Hydra", "hydra"), ("LightningCLI", "jsonargparse")],
)
def test_every_name_of_a_parser_gives_its_form(word: str, style: str | None) -> None:
    assert loaded("a.py", "x=1,2", args_style=word).config.args_style == style


def test_names_are_kept_and_the_form_of_arguments() -> None:
    raw = loaded("a.py", "x=1,2", name="first", project="p", entity="e", args_style="hydra").raw

    assert (raw["name"], raw["project"], raw["entity"]) == ("first", "p", "e")
    assert raw["args_style"] == "hydra"
