"""The code changes while agents work: which runs had which version, and what people hear of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from launching import created
from postgres_server import Server
from support import (
    PATIENCE_S,
    AgentProcess,
    Place,
    agents,
    at_work,
    grid,
    place,
    until,
)
from sweepcli import folders, stores
from sweepcli.agents import code_of_runs
from sweepcli.code import environment, looking, version
from sweepcli.records import Run, RunState
from sweepcli.runs.slots import Slot
from sweepcli.stores.location import Location
from sweepcli.sweeps.repair import repair

pytestmark = pytest.mark.usefixtures("recorded_code")

# Each run waits for a file of its own.
SCRIPT = """\
touch started-$SWEEPCLI_PARAM_x
while [ ! -e go-$SWEEPCLI_PARAM_x ]; do sleep 0.01; done
"""
COMMAND = ["/bin/sh", "train.sh"]
CONFIG = "method: grid\nparameters: {x: {values: [1, 2, 3]}}\ncommand: [sh, train.sh]"


@pytest.fixture(autouse=True)
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program in a folder that is no repository, and ends that wait for looks however long."""
    monkeypatch.setattr(code_of_runs, "END_WAITS_S", PATIENCE_S)
    path = tmp_path / "train.sh"
    path.write_text(SCRIPT, "utf-8")
    return path


def edit(path: Path, text: str = "# changed\n") -> None:
    path.write_text(path.read_text("utf-8") + text, "utf-8")


def has_started(x: int) -> bool:
    return os.path.exists(f"started-{x}")


def let(*xs: int) -> None:
    for x in xs:
        Path(f"go-{x}").touch()


def runs(here: Place) -> list[Run]:
    return here.store.runs("s1")


def is_known(here: Place, number: int) -> bool:
    return len(runs(here)) >= number and runs(here)[number - 1].code is not None


def changes(log: list[str]) -> list[str]:
    return [line for line in log if "has changed" in line]


@pytest.mark.slow
def test_an_edit_in_the_middle_is_recorded_for_the_runs_that_have_it_and_told_once(
    tmp_path: Path, script: Path
) -> None:
    with at_work(tmp_path, grid(4, COMMAND)) as (here, agent):
        until(lambda: is_known(here, 1))
        let(1)
        until(lambda: has_started(2))
        edit(script)
        until(lambda: runs(here)[1].code_after)
        let(2, 3)
        until(lambda: has_started(4))
        edit(script, "# once more\n")
        let(4)

        assert agent.end() == 0
        first, second, third, fourth = runs(here)
        assert first.code_after is None
        assert second.code == first.code
        assert second.code_after == third.code != first.code
        assert third.code_after is None
        assert fourth.code == third.code
        attempts = [here.store.attempts(run.id)[0] for run in runs(here)]
        assert [(each.code, each.code_after) for each in attempts] == [
            (run.code, run.code_after) for run in runs(here)
        ]
        (told,) = changes(agent.log())
        assert "sweep someone/things/s1 has changed just after the start of run 2: train.sh" in told
        assert "`code: frozen`" in told


def test_a_version_that_was_there_before_a_run_is_its_code(tmp_path: Path, script: Path) -> None:
    let(1, 2)
    with place(tmp_path, grid(2, COMMAND)) as here:
        here.run(run_limit=1)
        edit(script)
        for number in range(4):
            (tmp_path / f"helper{number}.py").write_text("1", "utf-8")
        here.run()

        first, second = runs(here)
        assert first.code != second.code
        assert (first.code_after, second.code_after) == (None, None)
        (told,) = changes(here.told.notes)
        assert told.startswith(
            "the code of sweep someone/things/s1 has changed since run 1: helper0.py, helper1.py, "
            "helper2.py and 2 more. Run 2 has the new version. "
        )


def test_a_file_that_runs_write_is_said_to_look_like_no_code(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text("0", "utf-8")
    writes = ["/bin/sh", "-c", "echo $SWEEPCLI_RUN_ID > state.json", "state.json"]
    with place(tmp_path, grid(2, writes)) as here:
        here.run(run_limit=1)
        here.run()

        (told,) = changes(here.told.notes)
        assert "If runs write state.json, write `code: {exclude: [state.json]}` in the" in told


def test_runs_of_one_version_are_nothing_to_tell(tmp_path: Path, script: Path) -> None:
    let(1, 2)
    with place(tmp_path, grid(2, COMMAND)) as here:
        here.run(run_limit=1)
        os.utime(script)
        here.run()

        assert len({run.code for run in runs(here)} - {None}) == 1
        assert None not in {run.code for run in runs(here)}
        assert here.told.notes == []


def test_a_run_that_is_over_before_the_first_look_has_its_code(tmp_path: Path) -> None:
    with place(tmp_path, grid(3, ["/bin/true", "train.sh"])) as here:
        here.run()

        (code,) = {run.code for run in runs(here)}
        assert version.files(here.results, str(code)).keys() == {"train.sh"}
        for run in runs(here):
            assert f'"code": "{code}"'.encode() in here.read(run, folders.COMMAND)


def test_many_runs_at_once_share_a_few_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = []
    begin = looking.Looking.__init__

    def counted(self: looking.Looking, *given: object) -> None:
        looks.append(given)
        begin(self, *given)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(looking.Looking, "__init__", counted)
    with place(tmp_path, grid(40, ["/bin/true", "train.sh"])) as here:
        here.run(slots=[Slot(number) for number in range(8)])

        assert len({run.code for run in runs(here)} - {None}) == 1
        assert None not in {run.code for run in runs(here)}
        assert len(looks) <= 3  # the first, and another each five seconds


@pytest.mark.slow
def test_two_agents_at_once_see_the_same(tmp_path: Path) -> None:
    let(*range(1, 21))
    with (
        place(tmp_path, grid(20, COMMAND)) as here,
        agents(here.results, "s1", number=2) as agent,
    ):
        assert agent.end() == 0
        until(lambda: all(run.state is RunState.FINISHED for run in runs(here)))
        until(lambda: None not in {run.code for run in runs(here)})

        assert len({run.code for run in runs(here)}) == 1


@pytest.mark.slow
def test_a_package_that_is_installed_in_the_middle_makes_another_environment(
    tmp_path: Path,
) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", "of-runs"], check=True)
    python = str(tmp_path / "of-runs/bin/python")
    packages = next((tmp_path / "of-runs/lib").glob("python*/site-packages"))
    Path("train.py").touch()
    with place(tmp_path, grid(2, [python, "train.py"])) as here:
        here.run(run_limit=1)
        (packages / "newest-1.5.dist-info").mkdir()
        here.run()

        first, second = [environment.read(here.results, str(r.environment)) for r in runs(here)]
        assert "newest" not in environment.packages(here.results, first.packages)
        assert environment.packages(here.results, second.packages)["newest"] == "1.5"
        assert runs(here)[0].code == runs(here)[1].code


# What may go wrong


def a_git_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let `git` hang in a repository; return the file with the process that does."""
    Path("train.sh").write_text("true", "utf-8")
    (tmp_path / ".git").mkdir()
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "git").write_text("#!/bin/sh\necho $$ > hanging\nexec sleep 600\n", "ascii")
    (programs / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    monkeypatch.setattr(code_of_runs, "END_WAITS_S", 0.05)
    return tmp_path / "hanging"


def is_running(pid: str) -> bool:
    try:
        state = Path(f"/proc/{pid.strip()}/stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return False
    return state[0] != "Z"


def test_a_look_that_hangs_holds_up_no_agent_and_ends_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging = a_git_that_hangs(tmp_path, monkeypatch)
    waits = ["/bin/sh", "-c", "while [ ! -s hanging ]; do sleep 0.01; done", "train.sh"]
    with place(tmp_path, grid(2, waits)) as here:
        report = here.run()

        assert (report.exit_code, report.ran) == (0, 2)
        assert {run.code for run in runs(here)} == {None}
        until(lambda: not is_running(hanging.read_text("utf-8")))


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_look_ends_with_its_agent_however_that_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    hanging = a_git_that_hangs(tmp_path, monkeypatch)
    with place(tmp_path, grid(1, ["/bin/sleep", "600", "train.sh"])) as here:
        agent = AgentProcess(here.results, "s1")
        until(lambda: hanging.exists() and hanging.read_text("utf-8"))
        agent.process.send_signal(number)
        agent.end()
        agent.stop_reading()

        until(lambda: not is_running(hanging.read_text("utf-8")))


@pytest.mark.parametrize("words", ["echo garbage", "exit 3", "kill -9 $$", "printf '{}'"])
def test_a_look_that_fails_is_told_once_and_changes_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    monkeypatch.setattr(looking, "PROGRAM", ("/bin/sh", "-c", words))
    with place(tmp_path, grid(3)) as here:
        report = here.run()

        assert (report.exit_code, report.ran) == (0, 3)
        assert {run.seen for run in runs(here)} == {(None, None, None)}
        (told,) = here.told.notes
        assert told.startswith("which code runs have is not recorded, since the look at it failed:")
        assert "`code: off`" in told


def test_results_that_are_moved_during_a_look_are_not_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging = a_git_that_hangs(tmp_path, monkeypatch)
    with at_work(tmp_path, grid(1, ["/bin/sh", "-c", SCRIPT, "train.sh"])) as (here, agent):
        until(lambda: hanging.exists() and hanging.read_text("utf-8"))
        Path(here.results).rename(tmp_path / "moved")
        os.kill(int(hanging.read_text("utf-8")), signal.SIGKILL)
        let(1)

        assert agent.end() == 1
        assert not os.path.exists(here.results)


def test_nothing_is_looked_at_if_it_is_switched_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "PROGRAM", ("/bin/sh", "-c", "touch looked"))
    path = created("method: grid\ncode: off\nparameters: {x: {values: [1]}}\ncommand: ['true']")
    with place(tmp_path, grid(2, code=False)) as here:
        here.run()
        here.run(sweep_id=path.rpartition("/")[2])

        assert here.store.sweep(path.rpartition("/")[2]).code is None
        assert {run.seen for run in runs(here)} == {(None, None, None)}
        assert not Path("looked").exists()
        assert not os.path.exists(os.path.join(here.results, folders.CODE))


def test_a_variable_of_wandbs_switches_it_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANDB_DISABLE_CODE", "true")
    with place(tmp_path, grid(1)) as here:
        here.run()

        assert not os.path.exists(os.path.join(here.results, folders.CODE))


def test_a_repair_gives_back_which_code_runs_had(tmp_path: Path) -> None:
    path = created(CONFIG)
    results, sweep_id = str(tmp_path / "sweep-results"), path.rpartition("/")[2]
    with (
        closing(stores.open_existing(results)) as store,
        agents(results, sweep_id) as agent,
    ):
        until(lambda: has_started(1))
        let(1)
        until(lambda: has_started(2))
        agent.kill()
        before = [run.seen for run in store.runs(sweep_id)]
    Path(results, "sweeps.db").unlink()

    repair.repair(Location(results))

    with closing(stores.open_existing(results)) as store:
        assert [run.seen for run in store.runs(sweep_id, taken=True)] == before[:2]
    assert None not in {seen.code for seen in before[:2]}


# More ways to start runs

FUNCTION = """\
import pathlib, sweepcli

def train():
    sweepcli.init()

def train_and_edit():
    sweepcli.init()
    here = pathlib.Path(__file__)
    here.write_text(here.read_text() + "# edited")

if __name__ == "__main__":
    made = sweepcli.sweep({"method": "grid", "parameters": {"x": {"values": [1, 2, 3]}}})
    sweepcli.agent(made, train, count=1)
    sweepcli.agent(made, train_and_edit)
"""


def test_a_new_sweep_knows_the_code_of_its_creation(script: Path) -> None:
    let(1, 2, 3)
    path = created(CONFIG)
    with closing(stores.open_existing(os.path.abspath("sweep-results"))) as store:
        sweep = store.sweep(path.rpartition("/")[2])
        here = Place(os.path.abspath("sweep-results"), store)
        edit(script)
        here.run(sweep_id=sweep.id)

        assert sweep.code is not None
        (code,) = {run.code for run in store.runs(sweep.id)}
        assert code not in {None, sweep.code}
        assert changes(here.told.notes) == []  # before its first run


@pytest.mark.slow
def test_functions_have_the_code_that_their_process_has_loaded(tmp_path: Path) -> None:
    Path("study.py").write_text(FUNCTION, "utf-8")
    subprocess.run([sys.executable, "study.py"], check=True)

    with closing(stores.open_existing(str(tmp_path / "sweep-results"))) as store:
        (sweep,) = store.sweeps()
        assert [run.code for run in store.runs(sweep.id)] == [sweep.code] * 3
        assert sweep.code is not None
    assert "# edited" in Path("study.py").read_text("utf-8")


def test_a_run_that_a_person_starts_has_its_code(tmp_path: Path) -> None:
    path = created(CONFIG)
    subprocess.run([sys.executable, "-m", "sweepcli", "agent", "--next", path], check=True)

    with closing(stores.open_existing(str(tmp_path / "sweep-results"))) as store:
        sweep = store.sweep(path.rpartition("/")[2])
        assert store.runs(sweep.id)[0].code == sweep.code
        assert sweep.code is not None


@pytest.mark.slow
def test_folders_that_share_a_server_have_each_its_own_code(
    tmp_path: Path, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres.new_database()
    path = created(CONFIG, store=url)
    for name, text in (("here", "true"), ("there", "true # another")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "train.sh").write_text(text, "utf-8")
        words = ["--dir", "sweep-results", "--store", url, "--count", "1", path]
        commands = [sys.executable, "-m", "sweepcli", "agent", *words]
        monkeypatch.chdir(tmp_path / name)
        done = subprocess.run(commands, check=True, capture_output=True, text=True)

    with closing(stores.open_existing(url)) as store:
        first, second, *_ = store.runs(path.rpartition("/")[2])
    assert None not in {first.code, second.code}
    assert first.code != second.code
    assert version.read(str(tmp_path / "here/sweep-results"), str(first.code))
    assert version.read(str(tmp_path / "there/sweep-results"), str(second.code))
    assert "has changed since run 1. Run 2 has the new version." in done.stderr
