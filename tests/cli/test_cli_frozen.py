"""Frozen sweeps, from the config to the runs: what they see, and what they do not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from command_lines import Bash, Call
from frozen_code import git, repository, written
from other_user import CAN, as_user
from postgres_server import Server
from sweepcli.code import snapshot
from sweepcli.stores import snapshots

TRAIN = """\
import os, sys
from pathlib import Path
from pkg import model
config = next(Path(word[9:]).read_text() for word in sys.argv if word.startswith("--config="))
data = Path(__file__).parent / "data" / "x.csv"
print("saw", model.VALUE, config.strip(), data.read_text().strip() if data.exists() else "no data")
Path("out.txt").write_text(os.getcwd())
"""
FILES = {
    "train.py": TRAIN,
    "pkg/__init__.py": "",
    "pkg/model.py": "VALUE = 'first'\n",
    "conf/a.yaml": "first",
    "data/x.csv": "1,2\n",
    ".gitignore": "data\nsweep-results\nout.txt\n",
}
CHANGED = {"pkg/model.py": "VALUE = 'second'\n", "conf/a.yaml": "second"}
CONFIG = """\
method: grid
program: train.py
parameters: {x: {values: [1]}, config: {values: [conf/a.yaml]}}
"""
FROZEN = CONFIG + "code: frozen\n"
CALLS = """\
import sys, sweepcli
sweepcli.agent(sys.argv[1], function=lambda: print("called"))
"""
LAUNCHER = """\
import subprocess, sys
sys.exit(subprocess.call([sys.executable, *sys.argv[1:]]))
"""


@pytest.fixture
def code(folder: Path) -> Path:
    (folder / "sweep.yaml").unlink()
    return repository(folder, FILES)


@pytest.fixture
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("elsewhere")


def seen(results: Path = Path("sweep-results")) -> list[str]:
    """Return what the runs have printed."""
    logs = sorted(results.glob("me/demo/*/runs/*/*/output.log"), key=os.path.getmtime)
    return [log.read_text().strip() for log in logs]


def change(code: Path) -> None:
    written(code, CHANGED)


@pytest.mark.usefixtures("code")
def test_frozen_runs_do_not_see_what_was_changed(call: Call, code: Path) -> None:
    path = call("sweep own.yaml", FROZEN).out.strip()
    change(code)
    (code / "train.py").unlink()

    assert call(f"agent {path}").code == 0

    assert seen() == ["saw first first 1,2"]
    assert (code / "out.txt").read_text() == str(code)


def test_runs_that_are_not_frozen_see_it(call: Call, code: Path) -> None:
    path = call("sweep own.yaml", CONFIG).out.strip()
    change(code)

    call(f"agent {path}")

    assert seen() == ["saw second second 1,2"]


@pytest.mark.slow
def test_the_option_freezes_too_and_says_what(call: Call, code: Path) -> None:
    answer = call("sweep --freeze own.yaml", CONFIG)
    change(code)
    call(f"agent {answer.out.strip()}")

    assert f"The code is frozen as it is now: 5 files of {code}" in answer.err
    assert "Not frozen" not in answer.err
    assert seen() == ["saw first first 1,2"]


def test_one_line_freezes_too(call: Call, code: Path) -> None:
    line = "sweepcli run --freeze -P x=1 --json train.py --config=conf/a.yaml"

    answer = call(line)

    assert answer.code == 0, answer.err
    assert seen() == ["saw first first 1,2"]
    assert f"of {code}" in answer.err
    [config] = Path("sweep-results").glob("me/demo/*/sweep.yaml")
    assert "code: frozen\n" in config.read_text()


def test_an_agent_of_a_config_makes_a_frozen_sweep_and_runs_it(call: Call, code: Path) -> None:
    (code / "own.yaml").write_text(FROZEN)

    assert call("agent own.yaml").code == 0

    assert seen() == ["saw first first 1,2"]


def test_params_stay_what_they_are(call: Call, code: Path) -> None:
    path = call("sweep own.yaml", FROZEN).out.strip()
    call(f"agent {path}")

    [run] = call(f"sweep runs {path} --json").json
    [record] = Path("sweep-results").glob("me/demo/*/runs/*/1/command.json")

    assert run["params"] == {"config": "conf/a.yaml", "x": 1}
    argv = json.loads(record.read_text())["argv"]
    [config] = [word for word in argv if "a.yaml" in word]
    assert config.endswith(f"/tree/{code.name}/conf/a.yaml")


@pytest.mark.slow
def test_the_checkout_goes_with_the_last_run_and_comes_back(call: Call, code: Path) -> None:
    path = call("sweep own.yaml", FROZEN.replace("[1]", "[1, 2]")).out.strip()
    folder = Path("sweep-results", path)
    change(code)

    call(f"agent --count 1 {path}")
    assert (folder / "code").is_dir()
    call(f"agent {path}")
    assert not (folder / "code").exists()

    [run, _] = call(f"sweep runs {path} --json").json
    call(f"sweep retry {path} {run['id']}")
    call(f"agent {path}")
    assert seen() == ["saw first first 1,2"] * len(seen())


def test_what_is_not_frozen_is_told_and_refused_if_strict(call: Call, code: Path) -> None:
    written(code, {"run.sh": 'python train.py "$@"\n'})
    config = CONFIG + "command: [bash, run.sh, '${args}']\n"

    told = call("sweep --freeze own.yaml", config)
    refused = call("sweep --freeze --strict own.yaml", config)
    checked = call("sweep check own.yaml --json", config + "code: frozen\n")

    line = "train.py: run.sh calls them by relative paths"
    assert (told.code, f"WARNING   {line}" in told.err) == (0, True)
    assert (refused.code, refused.out) == (1, "")
    assert "--strict: nothing is created, since this cannot be frozen" in refused.err
    assert line in refused.err
    assert checked.json["not_frozen"] == [line]
    assert len(call("sweep ls --json").json) == 1


def test_strict_wants_a_frozen_sweep(call: Call, code: Path) -> None:
    del code
    refused = call("sweep --strict own.yaml", CONFIG)

    assert (refused.code, refused.out) == (2, "")
    assert "add --freeze, or `code: frozen` to the config" in refused.err
    assert call("sweep --strict own.yaml", FROZEN).code == 0


def test_too_much_code_creates_nothing(
    call: Call, code: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "MOST", 1000)
    (code / "pkg" / "large.py").write_text("#" * 2000)

    refused = call("sweep own.yaml", FROZEN)

    assert refused.code == 1
    assert "The largest folders: pkg 0 MB" in refused.err
    assert not list(Path("sweep-results").glob("me/demo/*"))
    taken = call("sweep own.yaml", CONFIG + "code: {frozen: true, exclude: [pkg/large.py]}\n")
    assert taken.code == 0


def test_a_module_is_frozen(call: Call, code: Path) -> None:
    written(code, {"pkg/train.py": TRAIN})
    config = FROZEN + "command: [python, -m, pkg.train, '${args}']\n"
    path = call("sweep own.yaml", config).out.strip()
    change(code)
    (code / "pkg" / "train.py").unlink()

    call(f"agent {path}")

    assert seen() == ["saw first first no data"]


@pytest.mark.slow
def test_a_launcher_starts_the_frozen_script(call: Call, code: Path, elsewhere: Path) -> None:
    start = f"#!/bin/sh\n'''exec' '{sys.executable}' \"$0\" \"$@\"\n' '''\n"
    written(elsewhere, {"torchrun": f"{start}{LAUNCHER}"})
    command = f"command: [{elsewhere}/torchrun, train.py, '${{args}}']\n"
    path = call("sweep own.yaml", FROZEN + command).out.strip()
    change(code)

    call(f"agent {path}")

    assert seen() == ["saw first first 1,2"]


def test_a_shell_script_is_frozen(call: Call, code: Path) -> None:
    written(code, {"run.sh": "#!/bin/sh\necho saw first\n"})
    path = call("sweep own.yaml", FROZEN + "command: [./run.sh]\n").out.strip()
    written(code, {"run.sh": "#!/bin/sh\necho saw second\n"})

    call(f"agent {path}")

    assert seen() == ["saw first"]


def test_without_git_the_folder_of_the_program_is_frozen(call: Call, folder: Path) -> None:
    written(folder, FILES)
    path = call("sweep own.yaml", FROZEN).out.strip()
    change(folder)

    call(f"agent {path}")

    assert seen() == ["saw first first 1,2"]


def test_a_detached_worktree_is_frozen(
    call: Call, code: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(code, "worktree", "add", "-q", "--detach", f"{elsewhere}/beside")
    monkeypatch.chdir(elsewhere / "beside")
    (code / "own.yaml").write_text(FROZEN)
    path = call(f"sweep {code}/own.yaml").out.strip()
    change(elsewhere / "beside")

    call(f"agent {path}")

    assert seen() == ["saw first first no data"]


@pytest.mark.slow
def test_a_results_directory_may_have_a_space(call: Call, code: Path, elsewhere: Path) -> None:
    results = elsewhere / "all results"
    path = call(f"sweep --dir '{results}' own.yaml", FROZEN).out.strip()
    change(code)

    call(f"agent --dir '{results}' {path}")

    assert seen(results) == ["saw first first 1,2"]


def test_a_run_that_is_given_out_is_frozen(call: Call, code: Path) -> None:
    path = call("sweep own.yaml", FROZEN).out.strip()
    change(code)

    given = call(f"agent --next {path}").out
    done = subprocess.run(given, shell=True, capture_output=True, text=True, check=True)  # noqa: S602 -- ours

    assert done.stdout.strip() == "saw first first 1,2"


def test_a_function_cannot_be_frozen(bash: Bash, code: Path) -> None:
    written(code, {"own.yaml": FROZEN, "call.py": CALLS})

    answer = bash("python call.py $(sweep own.yaml)")

    assert answer.code != 0
    assert "a function of a running program cannot be" in answer.err
    assert "called" not in answer.out


@pytest.mark.slow
def test_an_update_takes_the_code_anew(call: Call, code: Path) -> None:
    path = call("sweep own.yaml", FROZEN).out.strip()
    change(code)
    assert call(f"sweep update {path} own.yaml", FROZEN).code == 0
    written(code, {"conf/a.yaml": "third"})

    call(f"agent {path}")

    assert seen() == ["saw second second 1,2"]


# Removed, repaired, copied


@pytest.mark.slow
def test_a_frozen_sweep_is_removed_with_its_checkout_and_nothing_else(
    call: Call, code: Path
) -> None:
    path = call("sweep own.yaml", FROZEN.replace("[1]", "[1, 2]")).out.strip()
    call(f"agent --count 1 {path}")

    answer = call(f"sweep rm --yes {path}")

    assert answer.code == 0, answer.err
    assert not Path("sweep-results", path).exists()
    assert (code / "data" / "x.csv").exists()


@pytest.mark.slow
@pytest.mark.skipif(not CAN, reason="only root can become another user")
def test_whoever_may_write_no_checkout_can_still_remove_it(call: Call, code: Path) -> None:
    path = call("sweep own.yaml", FROZEN.replace("[1]", "[1, 2]")).out.strip()
    call(f"agent --count 1 {path}")
    subprocess.run(["chown", "-hR", "65533:65533", str(code.parent)], check=True)

    words = [sys.executable, "-m", "sweepcli", "rm", "--yes", path]
    done = subprocess.run(as_user(words), capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert not Path("sweep-results", path).exists()
    assert (code / "data" / "x.csv").exists()


@pytest.mark.slow
def test_a_repaired_sweep_is_still_frozen(call: Call, code: Path) -> None:
    path = call("sweep own.yaml", FROZEN).out.strip()
    change(code)
    for file in Path("sweep-results").glob("sweeps.db*"):
        file.unlink()

    assert call("sweep repair sweep-results").code == 0
    call(f"agent {path}")

    assert seen() == ["saw first first 1,2"]


@pytest.fixture
def url(postgres: Server) -> str:
    return postgres.new_database()


@pytest.mark.slow
def test_a_sweep_is_copied_to_a_server_and_back_with_its_code(
    call: Call, code: Path, url: str, elsewhere: Path
) -> None:
    path = call("sweep own.yaml", FROZEN).out.strip()
    change(code)

    assert call(f"sweep copy sweep-results {url} {path}").code == 0
    shutil.rmtree("sweep-results")
    back = elsewhere / "back"
    assert call(f"sweep copy {url} {back} {path}").code == 0
    call(f"agent --dir {back} {path}")

    assert seen(back) == ["saw first first 1,2"]


@pytest.mark.slow
@pytest.mark.parametrize("has_code", [False, True])
def test_two_machines_that_share_a_server_run_the_same_code(
    call: Call,
    code: Path,
    url: str,
    elsewhere: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    has_code: bool,
) -> None:
    path = call(f"sweep --store {url} own.yaml", FROZEN).out.strip()
    if has_code:
        written(elsewhere, {**FILES, **CHANGED})
    monkeypatch.chdir(elsewhere)

    answer = call(f"agent --store {url} {path}")

    assert answer.code == 0, answer.err
    assert seen() == [f"saw first first {'1,2' if has_code else 'no data'}"]
    assert (elsewhere / "sweep-results" / path / "snapshot.tar.gz").exists()
    del code


def test_a_server_takes_only_so_much(
    call: Call, code: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "MOST", 100)

    refused = call(f"sweep --store {url} own.yaml", FROZEN)

    assert refused.code == 1
    assert "a database server gets at most" in refused.err
    assert not list(Path("sweep-results").glob("me/demo/*"))
    assert call(f"sweep ls --store {url} --json").json == []
    del code


def test_an_agent_without_the_snapshot_says_where_it_is(call: Call, code: Path) -> None:
    path = call("sweep own.yaml", FROZEN).out.strip()
    Path("sweep-results", path, "snapshot.tar.gz").unlink()

    refused = call(f"agent {path}")

    assert refused.code == 1
    assert f"the snapshot is neither in {code}/sweep-results/{path} nor in the store" in refused.err
