from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

import sweepcli
from command_lines import CONFIG, Bash, Call, Create
from sweepcli import folders, stores


def test_answer_is_one_line_and_the_words_are_on_stderr(folder: Path, call: Call) -> None:
    answer = call("sweep sweep.yaml")

    path = answer.out.removesuffix("\n")
    assert path.startswith("me/demo/")
    assert answer.err.splitlines() == [
        "sweepcli: Creating sweep from: sweep.yaml",
        f"sweepcli: Creating sweep with ID: {path.rpartition('/')[2]}",
        f"sweepcli: View sweep at: {folder}/sweep-results/{path}",
        f"sweepcli: Run sweep agent with: agent {path}",
    ]
    assert (folder / "sweep-results" / path / folders.SWEEP_RECORD).is_file()


@pytest.mark.parametrize(
    "line",
    [
        "sweep --project other sweep.yaml",
        "sweep sweep.yaml --project other",
        "sweep create sweep.yaml -p other",
        "sweep -p other create sweep.yaml",
        "sweepcli sweep -p other sweep.yaml",
    ],
)
def test_flags_stand_before_or_after_the_file(line: str, call: Call) -> None:
    assert call(line).out.startswith("me/other/")


def test_config_may_come_from_standard_input(bash: Bash) -> None:
    answer = bash("sweep - < sweep.yaml")
    assert answer.out.startswith("me/demo/")
    assert "Creating sweep from: <stdin>" in answer.err


def test_file_named_like_a_command_is_reached_by_its_folder(folder: Path, call: Call) -> None:
    (folder / "ls").write_text(CONFIG)
    assert call("sweep ./ls").code == 0
    assert call("sweep ls").out.startswith("path")


def test_name_and_program_replace_those_of_the_config(call: Call) -> None:
    path = call("sweep sweep.yaml --name first --program other.py").out.strip()

    with closing(stores.open_existing("sweep-results")) as store:
        with_flags = store.sweep(path.rpartition("/")[2])
    assert (with_flags.name, with_flags.raw["program"]) == ("first", "other.py")


def test_json_answer_tells_the_path_the_folder_and_the_number_of_runs(
    folder: Path, call: Call
) -> None:
    answer = call("sweep sweep.yaml --json").json

    assert answer == {
        "id": answer["id"],
        "path": f"me/demo/{answer['id']}",
        "entity": "me",
        "project": "demo",
        "dir": str(folder / "sweep-results" / "me" / "demo" / answer["id"]),
        "runs": 3,
    }


def test_path_with_a_space_is_quoted_for_the_shell(call: Call) -> None:
    answer = call("sweep -p 'my project' sweep.yaml")
    path = answer.out.strip()
    assert answer.err.splitlines()[-1] == f"sweepcli: Run sweep agent with: agent '{path}'"


def test_other_results_directory_is_named_where_the_sweep_is_viewed(
    folder: Path, call: Call
) -> None:
    answer = call("sweep --dir elsewhere sweep.yaml")
    assert f"View sweep at: {folder}/elsewhere/{answer.out.strip()}\n" in answer.err


def test_bad_config_creates_nothing(folder: Path, call: Call) -> None:
    answer = call("sweep own.yaml", "method: grit\nparameters: {x: {values: []}}\n")

    assert (answer.code, answer.out) == (1, "")
    assert "sweepcli: ERROR own.yaml:1:" in answer.err
    assert "sweepcli: ERROR own.yaml:2:" in answer.err
    assert not (folder / "sweep-results").exists()


def test_update_replaces_the_config_before_the_first_run(call: Call, path: str) -> None:
    answer = call(f"sweep --update {path} own.yaml", CONFIG.replace("[3, 1, 2]", "[4]"))

    assert answer.out.strip() == path
    assert "Updating sweep with ID: " in answer.err
    assert call(f"agent {path}").out == "tried 4\n"
    assert call(f"sweep --update {path} sweep.yaml").code == 1


def test_two_changes_at_once_are_wrong_usage(call: Call, path: str) -> None:
    answer = call(f"sweep --stop --pause {path}")
    assert answer.code == 2
    assert "--stop cannot be used with --pause" in answer.err


BAYES = """\
method: bayes
metric: {name: loss}
command: [sh, -c, 'echo "{\\"loss\\": ${x}, \\"odd\\": NaN}" >> $SWEEPCLI_EVENTS']
parameters: {x: {values: [1, 2, 3, 4]}}
"""


def test_prior_runs_are_learnt_from_and_not_repeated(
    folder: Path, call: Call, created: Create
) -> None:
    path = created(BAYES)
    call(f"agent --count 2 {path}")
    runs = call(f"sweep runs {path} --json").json

    again = call(f"sweep -R {runs[0]['id']} -R {runs[1]['id']} own.yaml").out.strip()
    call(f"agent {again}")

    tried = [run["params"]["x"] for run in runs]
    new = [run["params"]["x"] for run in call(f"sweep runs {again} --json").json]
    assert sorted(tried + new) == [1, 2, 3, 4]
    record = (folder / "sweep-results" / again / "sweep.yaml").read_text()
    assert f"id: {runs[0]['id']}" in record
    assert f"value: {float(tried[0])}" in record


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ("-R abcd1234 own.yaml", "no run 'abcd1234'"),
        ("-R {run} odd.yaml", "run {run} has no value of 'odd' to learn from"),
        ("-R {run} other.yaml", "run {run} has no value of 'error' to learn from"),
        ("-R {run} sweep.yaml", "prior runs need a config with a `metric`"),
    ],
)
def test_a_prior_run_that_is_of_no_use_is_refused(
    folder: Path, call: Call, created: Create, flags: str, said: str
) -> None:
    (folder / "other.yaml").write_text(BAYES.replace("name: loss", "name: error"))
    (folder / "odd.yaml").write_text(BAYES.replace("name: loss", "name: odd"))
    (folder / "sweep.yaml").write_text(BAYES.replace("bayes", "grid").replace("metric", "name"))
    path = created(BAYES)
    call(f"agent --count 1 {path}")
    [run] = call(f"sweep runs {path} --json").json

    answer = call(f"sweep {flags.format(run=run['id'])}")

    assert (answer.code != 0, answer.out) == (True, "")
    assert said.format(run=run["id"]) in answer.err
    assert len(call("sweep ls --json").json) == 1


def test_controller_flag_is_taken_and_adds_no_line_that_scripts_look_for(call: Call) -> None:
    answer = call("sweep --controller --verbose sweep.yaml")
    assert answer.code == 0
    assert sum(" agent" in line for line in answer.err.splitlines()) == 1


def test_version_is_that_of_the_package(call: Call) -> None:
    for name in ("sweep", "agent", "sweepcli"):
        assert call(f"{name} --version").out == f"sweepcli {sweepcli.__version__}\n"


def test_a_program_that_is_not_there_is_told_and_the_sweep_created(
    folder: Path, call: Call
) -> None:
    answer = call(
        "sweep own.yaml", "method: grid\nprogram: later.py\nparameters: {x: {values: [1]}}\n"
    )

    assert answer.code == 0
    assert f"WARNING the sweep's program 'later.py' is not in {folder} now" in answer.err
