"""Results that one may read and not write: every command that looks works, and changes nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from launching import created
from needed import lacking
from other_user import CAN, ONE_MORE, OTHER, as_user
from support import holding
from sweepcli import stores
from sweepcli.cli.agent import agent
from sweepcli.cli.program import run
from sweepcli.cli.sweep import sweep
from sweepcli.records import Sweep

CONFIG = """\
method: grid
metric: {name: loss}
early_terminate: {type: median}
command: [sh, -c, 'echo tried ${x}; echo "{\\"loss\\": ${x}}" >> $SWEEPCLI_EVENTS; test ${x} != 2']
parameters: {x: {values: [3, 1, 2]}}
"""
# Each command that looks, in one process; then what scripts call. Prints what went wrong.
LOOK = """
import contextlib, io, json, os, sys, traceback
results, elsewhere, path, run_id, other = sys.argv[1:]
os.chdir(elsewhere)
os.environ["SWEEPCLI_DIR"] = results
import sweepcli
from sweepcli.cli.program import run
from sweepcli.cli.sweep import sweep
commands = [
    "ls", "ls --json", f"show {path}", f"show {run_id}", f"top {path}", f"runs {path}",
    f"best {path}", f"compare {run_id} {other}", f"logs {run_id}", f"logs -f {run_id}",
    f"export {path}", f"export {path} --history", f"export {path} -o page.html",
    f"where {path}", f"check --replay {path}", f"copy {results} copied {path}",
]
faults = []
for command in commands:
    out, err = (io.TextIOWrapper(io.BytesIO()) for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = run(sweep, command.split())
        except BaseException:
            code = traceback.format_exc()
        err.flush()
    if code != 0:
        faults.append([command, code, err.buffer.getvalue().decode()])
best = sweepcli.Api().sweep(path).best_run()
losses = sorted(row["summary.loss"] for row in sweepcli.read(path))
print(json.dumps([faults, best.summary, losses]))
"""
RIGHT = [[], {"loss": 1.0, "late": True}, [1, 2, 3]]
# Makes a change, which stays in the -wal, and waits to be killed.
LATE = """
import json, sys
from sweepcli import stores
database = stores.open_store(sys.argv[1]).database
with database.transaction():
    summary = json.dumps({"loss": 1.0, "late": True})
    database.change("UPDATE runs SET summary = ? WHERE value = 1", (summary,))
print("written", flush=True)
sys.stdin.read()
"""
GROUP = 65_531  # which two users share
STATES = (
    *("in use", "killed, without -shm"),
    *(pytest.param(state, marks=pytest.mark.slow) for state in ("closed", "killed")),
)
READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
FULL = """
cp -a "$0" "$0.copy" && mount -t tmpfs -o size=1m none "$0" && cp -a "$0.copy/." "$0" || exit 77
cat /dev/zero > "$0/full" 2>/dev/null
exec "$@"
"""


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The results of a sweep that is over."""
    monkeypatch.chdir(tmp_path)
    assert run(agent, ["-q", created(CONFIG)]) == 0
    return tmp_path / "sweep-results"


@contextmanager
def in_state(results: Path, state: str) -> Iterator[None]:
    """Let the database be in use, or left by a process that was killed, or by one that was not."""
    with holding(LATE, results, "written") as writer:
        if state == "in use":
            yield
        elif state == "closed":
            writer.communicate()  # the next one to open the database puts the -wal into it
            stores.open_store(str(results)).close()
        writer.kill()
    if state == "in use":
        return
    if state.endswith("-shm"):
        (results / "sweeps.db-shm").unlink()
    yield


def looked(results: Path, wrap: Sequence[str] = (), *, as_other: bool = False) -> object:
    """Return what all commands that look find."""
    with closing(stores.open_existing(str(results), looks=True)) as store:
        [found] = store.sweeps()
        first, second, _ = store.runs(found.id)
    elsewhere = results.parent / f"elsewhere {as_other}"
    elsewhere.mkdir()
    elsewhere.chmod(0o777)
    words = (str(results), str(elsewhere), found.path, first.id, second.id)
    command = [*wrap, sys.executable, "-c", LOOK, *words]
    if as_other:
        command = as_user(command)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 77:
        lacking("this system lets nobody mount")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def contents(results: Path) -> dict[str, tuple[int, int]]:
    """Return the size and the time of every file, but not what SQLite shares."""
    paths = (path for path in results.rglob("*") if not path.name.endswith("-shm"))
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in paths}


def mounted(results: Path, script: str) -> list[str]:
    return ["unshare", "-m", "sh", "-c", script, str(results)]


@pytest.mark.parametrize("state", STATES)
def test_another_user_may_look(results: Path, state: str) -> None:
    if not CAN:
        lacking("only root can be another user")
    with in_state(results, state):
        before = contents(results)
        assert looked(results, as_other=True) == RIGHT
        assert contents(results) == before


@pytest.mark.parametrize("state", STATES)
def test_a_copy_without_any_right_to_write_may_be_looked_at(results: Path, state: str) -> None:
    with in_state(results, state):
        copy = results.parent / "copy"
        subprocess.run(["cp", "-a", results, copy], check=True)
    subprocess.run(["chmod", "-R", "a-w", copy], check=True)
    before = contents(copy)

    assert looked(copy) == RIGHT  # as root too, who could write
    assert looked(copy, as_other=CAN) == RIGHT
    assert contents(copy) == before
    subprocess.run(["chmod", "-R", "u+w", copy], check=True)


@pytest.mark.parametrize("state", STATES)
def test_a_mount_that_is_read_only_may_be_looked_at(results: Path, state: str) -> None:
    if not CAN:
        lacking("only root can mount")
    with in_state(results, state):
        assert looked(results, mounted(results, READ_ONLY)) == RIGHT


@pytest.mark.parametrize("state", STATES)
def test_a_full_disk_may_be_looked_at(results: Path, state: str) -> None:
    if not CAN:
        lacking("only root can mount")
    with in_state(results, state):
        assert looked(results, mounted(results, FULL)) == RIGHT


def test_a_full_disk_lets_nobody_cancel_and_that_is_told(results: Path) -> None:
    if not CAN:
        lacking("only root can mount")
    path = created(CONFIG)
    command = [str(Path(sys.executable).parent / "sweep"), "--cancel", path]

    done = subprocess.run(
        [*mounted(results, FULL), *command], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (1, "")
    line = done.stderr.splitlines()[-1]
    assert f"Cancelling sweep {path} failed, it stays as it was: " in line
    assert "the disk may be full" in line


def test_a_sweep_that_would_move_says_that_its_store_cannot_be_changed(
    results: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    path = created(CONFIG)
    monkeypatch.setattr("sweepcli.stores.stamps.may", lambda path, _: "copied" in path)

    code = run(sweep, ["copy", str(results), "copied", path])

    out, err = capfd.readouterr()
    assert (code, out) == (1, "")
    assert f"skipped {path}: it is pending, or has running runs, and {results} cannot be" in err
    assert "sweeps.db: you may not write it" in err


# Each of two users, who share a group and a folder, lets an agent work on the sweep.
SHARED = 'umask 002; exec "$@"'


def test_two_users_of_a_group_run_one_sweep(tmp_path: Path) -> None:
    if not CAN:
        lacking("only root can be another user")
    shared = tmp_path / "shared"
    shared.mkdir()
    os.chown(shared, -1, GROUP)
    shared.chmod(0o2775)
    (tmp_path / "sweep.yaml").write_text(CONFIG)
    scripts = Path(sys.executable).parent

    def call(uid: int, *words: str, code: int = 0) -> str:
        command = ["sh", "-c", SHARED, "sh", str(scripts / words[0]), *words[1:]]
        environ = {**os.environ, "SWEEPCLI_DIR": str(shared), "HOME": "/"}
        done = subprocess.run(
            as_user(command, uid, group=GROUP),
            capture_output=True,
            text=True,
            check=False,
            env=environ,
        )
        assert done.returncode == code, done.stderr
        return done.stdout.strip()

    path = call(OTHER, "sweep", "sweep.yaml")
    call(OTHER, "agent", "-q", "--count", "1", path)
    call(ONE_MORE, "agent", "-q", "--count", "1", path)
    call(OTHER, "agent", "-q", path, code=1)  # its only run fails
    call(ONE_MORE, "sweep", "retry", path)
    call(ONE_MORE, "agent", "-q", path, code=1)

    assert {run["state"] for run in json.loads(call(OTHER, "sweep", "runs", path, "--json"))} == {
        *("finished", "failed")
    }
    closed = [each for each in shared.rglob("*") if not each.stat().st_mode & 0o020]
    assert closed == []


def test_whoever_may_not_write_is_told_how_to_share(results: Path) -> None:
    if not CAN:
        lacking("only root can be another user")
    [path] = [found.path for found in _sweeps(results)]
    command = [str(Path(sys.executable).parent / "agent"), "--dir", str(results), path]

    done = subprocess.run(as_user(command), capture_output=True, text=True, check=False)

    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert "sweeps.db: you may not write it" in line
    assert f"chmod -R g+w {results}" in line


def _sweeps(results: Path) -> list[Sweep]:
    with closing(stores.open_existing(str(results), looks=True)) as store:
        return store.sweeps()
