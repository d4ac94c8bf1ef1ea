"""`sweep reread`: the metrics of runs that have ended, read again with a mended pattern."""

from __future__ import annotations

import json
import os
import shutil
import sys
from contextlib import closing
from glob import glob
from pathlib import Path
from unittest import mock

import pytest
import yaml

from command_lines import Answer, Call, Create
from postgres_server import Server
from sweepcli import stores
from sweepcli.records import JSON
from sweepcli.runs import attempt_record
from sweepcli.runs.metrics import rewriting

# Prints two values and logs another name itself; run 2 fails once, and prints others then.
SCRIPT = """\
echo "epoch 1: loss (${x}.5)"; echo "epoch 2: loss (${x}.25)"
echo '{"own": 7}' >> $SWEEPCLI_EVENTS
mkdir tried-${x} 2>/dev/null && test ${x} = 2 && echo "epoch 3: loss (0.${x})" && exit 1; true"""
WRONG, RIGHT = "loss ({loss})", r"epoch {epoch}: loss \({loss}\)"


def config(pattern: JSON = WRONG, script: str = SCRIPT, **more: JSON) -> str:
    whole = {
        "method": "grid",
        "metric": {"name": "loss"},
        "command": ["sh", "-c", script],
        "parameters": {"x": {"values": [1, 2, 3]}},
        "max_retries": 1,
        "metrics_from": {"output": pattern},
    }
    return json.dumps(whole | more)


@pytest.fixture
def path(call: Call, created: Create) -> str:
    """A sweep whose runs have ended, and whose pattern found nothing."""
    made = created(config())
    assert call(f"agent {made}").code == 0
    return made


def mended(call: Call, path: str, text: str | None = None) -> Answer:
    return call(f"sweep reread {path} own.yaml --json", text or config(RIGHT))


def everything(path: str) -> list[JSON]:
    """Return what the store has of the runs, and the rows of their attempts."""
    with closing(stores.open_existing(os.path.abspath("sweep-results"))) as store:
        runs = store.runs(path.rpartition("/")[2])
        return [
            (run._asdict(), [store.history(run.id, 1 + each) for each in range(run.attempt)])
            for run in runs
        ]


def values(call: Call, path: str) -> list[JSON]:
    return [run["value"] for run in call(f"sweep runs {path} --json").json]


def test_a_mended_pattern_gets_the_values_of_ended_runs_back(call: Call, path: str) -> None:
    before = call(f"sweep runs {path} --json").json
    answer = mended(call, path)

    assert (answer.code, [run["rows"] for run in answer.json["runs"]]) == (0, [2, 5, 2])
    assert values(call, path) == [1.25, 0.2, 3.25]
    after = call(f"sweep runs {path} --json").json
    assert after[0]["summary"] == {"epoch": 2, "loss": 1.25, "own": 7}
    for name in ("state", "exit_code", "attempt", "ended_at", "params"):
        assert [run[name] for run in before] == [run[name] for run in after]
    assert "Read 3 runs again: 9 rows; 3 runs with a value of 'loss'" in answer.err


def test_runs_of_a_shared_store_are_read_again(
    call: Call, created: Create, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SWEEPCLI_STORE", postgres.new_database())
    path = created(config())
    call(f"agent {path}")
    assert "finished without 'loss'" in call(f"sweep show {path}").out

    assert mended(call, path).code == 0
    assert values(call, path) == [1.25, 0.2, 3.25]
    assert call(f"sweep show {path} --json").json["without_metric"] is None


def test_what_a_script_logs_itself_stays_in_its_order(call: Call, created: Create) -> None:
    script = (
        "import wandb; wandb.init(); wandb.log({'own': 1}); print('loss: 5', flush=True);"
        "wandb.log({'own': 2}); wandb.summary['done'] = True; wandb.finish()"
    )
    path = created(config(command=[sys.executable, "-c", script], parameters={"x": {"value": 1}}))
    call(f"agent {path}")
    for pattern in ("loss: {loss}", "loss: {other}", "loss: {loss}"):
        mended(call, path, config(pattern))

    [run] = call(f"sweep runs {path} --json").json
    assert run["value"] == 5
    assert {"own": 2, "loss": 5, "done": True}.items() <= run["summary"].items()
    assert "other" not in run["summary"]


def test_what_was_read_again_is_what_a_repair_rebuilds(call: Call, path: str) -> None:
    mended(call, path)
    known = everything(path)
    for file in glob("sweep-results/sweeps.db*"):
        os.remove(file)

    assert call("sweep repair").code == 0
    assert everything(path) == known


def test_later_runs_are_read_with_it_too(call: Call, created: Create) -> None:
    path = created(config())
    call(f"agent --count 1 {path}")
    mended(call, path)
    [record] = glob("sweep-results/*/*/*/sweep.yaml")
    assert yaml.safe_load(Path(record).read_text())["metrics_from"] == {"output": RIGHT}

    call(f"agent {path}")
    assert values(call, path) == [1.25, 0.2, 3.25]


def test_to_read_twice_changes_nothing(call: Call, path: str) -> None:
    mended(call, path)
    files = {
        name: Path(name).read_bytes() for name in glob("sweep-results/**/*.json*", recursive=True)
    }
    known = everything(path)

    assert call(f"sweep reread {path}").code == 0
    assert everything(path) == known
    assert {name: Path(name).read_bytes() for name in files} == files
    assert glob("sweep-results/**/events.jsonl?*", recursive=True) == []


def test_a_wrong_pattern_takes_no_row_that_the_run_logged_itself(call: Call, path: str) -> None:
    mended(call, path)
    answer = mended(call, path, config("nothing {loss}"))

    assert values(call, path) == [None] * 3
    assert [run["summary"] for run in call(f"sweep runs {path} --json").json] == [{"own": 7}] * 3
    assert "no line that the run printed matches 'nothing {loss}'" in answer.err


def test_only_metrics_from_is_taken_of_the_config(call: Call, path: str) -> None:
    mended(call, path, config(RIGHT, metric={"name": "epoch"}, max_retries=9))
    [record] = glob("sweep-results/*/*/*/sweep.yaml")
    kept = yaml.safe_load(Path(record).read_text())
    assert (kept["metric"]["name"], kept["max_retries"]) == ("loss", 1)


def test_a_run_at_work_is_left_as_it_is(call: Call, created: Create) -> None:
    path = created(config())
    call(f"agent --count 1 {path}")
    run = call(f"agent --next --json {path}").json
    answer = mended(call, path)

    assert [each["is_read"] for each in answer.json["runs"]] == [True, False]
    assert f"run {run['id']}: is at work: left as it is" in answer.err


def test_runs_without_their_files_are_told_and_stay(call: Call, path: str) -> None:
    mended(call, path)
    ids = [run["id"] for run in call(f"sweep runs {path} --json").json]
    folders = [glob(f"sweep-results/*/*/*/runs/{each}")[0] for each in ids]
    os.remove(f"{folders[0]}/1/output.log")
    shutil.rmtree(folders[1])
    known = sorted(map(str, everything(path)))

    answer = mended(call, path)

    assert answer.code == 0
    assert sorted(map(str, everything(path))) == known
    assert f"{os.path.abspath(folders[0])}/1/output.log is not there any more" in answer.err
    assert "is not here: it was removed, or is on another machine" in answer.err
    shutil.rmtree(folders[2])
    assert call(f"sweep reread {path} own.yaml").code == 1


# Files

WRITES = """echo acc,loss > FILE; echo ${x},${x}.5 >> FILE; echo "loss (9)" """


def test_a_file_of_the_run_s_own_is_read_again(call: Call, created: Create) -> None:
    path = created(config(script=WRITES.replace("FILE", "$SWEEPCLI_RUN_DIR/log.csv")))
    call(f"agent {path}")
    answer = mended(call, path, config("no {x}", metrics_from={"csv": "${run_dir}/log.csv"}))

    assert (answer.code, values(call, path)) == (0, [1.5, 2.5, 3.5])


def test_a_file_that_runs_share_is_the_last_one_s(
    call: Call, created: Create, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = created(config(script=WRITES.replace("FILE", "log.csv")))
    call(f"agent {path}")
    own = config(metrics_from={"csv": "log.csv"})
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setenv("SWEEPCLI_DIR", os.path.abspath("sweep-results"))
    monkeypatch.chdir(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "log.csv").write_text("loss\n77\n")
    (tmp_path / "elsewhere" / "own.yaml").write_text(own)

    answer = call(f"sweep reread {path} own.yaml")

    assert (answer.code, values(call, path)) == (0, [None, None, 3.5])
    assert answer.err.count("log.csv was not written by it, or was written again later") == 2
    (tmp_path / "log.csv").unlink()
    call(f"sweep reread {path}")
    assert values(call, path) == [None, None, 3.5]


def test_without_a_word_where_the_metrics_are_nothing_is_read(call: Call, created: Create) -> None:
    path = created(json.dumps({**json.loads(config()), "metrics_from": None}).replace("null", "{}"))
    assert call(f"sweep reread {path}").code == 2


# Killed


@pytest.mark.parametrize(
    ("owner", "name", "call_number"),
    [
        (os, "replace", 1),
        (os, "replace", 3),
        (attempt_record, "count_all", 2),
        (rewriting, "_put", 1),
        (stores.Store, "amend_config", 1),
    ],
)
def test_a_kill_at_any_moment_leaves_each_run_old_or_new(
    owner: object, name: str, call_number: int, call: Call, path: str
) -> None:
    old = everything(path)
    real, calls = getattr(owner, name), list[None]()

    def dies(*given: object, **named: object) -> object:
        calls.append(None)
        if len(calls) == call_number:
            raise KeyboardInterrupt
        return real(*given, **named)

    with mock.patch.object(owner, name, dies):
        assert mended(call, path).code == 130
    shutil.copytree("sweep-results", "killed")
    assert mended(call, path).code == 0
    new = everything(path)
    assert [run["value"] for run, _ in new] == [1.25, 0.2, 3.25]

    shutil.rmtree("sweep-results")
    shutil.move("killed", "sweep-results")
    for file in glob("sweep-results/sweeps.db*"):
        os.remove(file)
    assert call("sweep repair").code == 0
    for found, *either in zip(everything(path), old, new, strict=True):
        assert found in either
