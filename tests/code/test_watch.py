"""Which code a run has had, by the times of what a later look finds changed."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from sweepcli.code import kept, looking
from sweepcli.code.looking import Look, Stamp
from sweepcli.code.place import Place
from sweepcli.code.watch import MOST_STARTS, START_S, Start, Watch, understood
from sweepcli.records import NOT_SEEN, CodeSeen, Run, RunState

STARTED = 1000.0
BEFORE, JUST_AFTER, LATER = 990.0, 1001.0, STARTED + START_S + 1
OLD = CodeSeen("old", None, "env")
UNKNOWN = CodeSeen(None, None, "env")


def look(
    code: str | None = "new",
    *changed: tuple[str, float | None],
    environment: str = "env",
    watch: tuple[Stamp, ...] = (),
    begun_at: float = LATER + 1,
) -> Look:
    return Look(
        code,
        environment,
        watch,
        is_all=True,
        changed=changed,
        problem=None,
        seconds=0.1,
        begun_at=begun_at,
    )


def a_run(seen: CodeSeen = NOT_SEEN, number: int = 1) -> Run:
    run = Run(f"r{number}", "s1", number, "key", RunState.RUNNING, {}, attempt=1)
    return run.with_code(seen)


def start(seen: CodeSeen, ended_at: float | None = None) -> Start:
    return Start(a_run(seen), "/folder", STARTED, ended_at)


def stamp(path: Path | str, ctime: float) -> Stamp:
    return Stamp(str(path), 1, int(ctime * 1e9), 1, 1)


@pytest.mark.parametrize(
    ("seen", "times", "then"),
    [
        pytest.param(OLD, [BEFORE], CodeSeen("new", None, "env"), id="before the start"),
        pytest.param(OLD, [JUST_AFTER], CodeSeen("old", "new", "env"), id="just after it"),
        pytest.param(OLD, [BEFORE, JUST_AFTER], CodeSeen("old", "new", "env"), id="both"),
        pytest.param(OLD, [LATER], OLD, id="long after it"),
        pytest.param(UNKNOWN, [BEFORE], CodeSeen("new", None, "env"), id="known to be changed"),
        pytest.param(UNKNOWN, [JUST_AFTER], CodeSeen("old", "new", "env"), id="changed again"),
        pytest.param(UNKNOWN, [LATER], UNKNOWN, id="changed again much later"),
    ],
)
def test_a_run_has_the_version_that_was_there_when_it_started(
    seen: CodeSeen, times: list[float], then: CodeSeen
) -> None:
    changed = [(f"{place}.py", at) for place, at in enumerate(times)]

    assert understood(start(seen), look("new", *changed), look("old"), None) == then


def test_what_changes_after_the_end_of_a_run_is_not_its_code() -> None:
    short = start(OLD, ended_at=STARTED + 0.5)

    assert understood(short, look("new", ("a.py", JUST_AFTER)), look("old"), None) == OLD


def test_a_removed_file_counts_from_when_it_was_missed() -> None:
    gone = look("new", ("a.py", None))

    assert understood(start(OLD), gone, look("old"), BEFORE).code == "new"
    assert understood(start(OLD), gone, look("old"), JUST_AFTER) == CodeSeen("old", "new", "env")
    assert understood(start(OLD), gone, look("old"), None) == OLD


def test_a_file_that_was_only_touched_changes_nothing() -> None:
    assert understood(start(UNKNOWN), look("old"), look("old"), BEFORE) == OLD


def test_the_first_look_is_believed_if_no_file_has_changed_since_the_start() -> None:
    found = look("new", watch=(stamp("a.py", BEFORE),))
    assert understood(start(NOT_SEEN), found, None, None) == CodeSeen("new", None, "env")

    edited = look("new", watch=(stamp("a.py", JUST_AFTER),))
    assert understood(start(NOT_SEEN), edited, None, None) == CodeSeen(None, "new", "env")


def test_what_was_seen_just_after_the_start_stays_so() -> None:
    known = CodeSeen("old", "new", "env")

    assert understood(start(known), look("newer", ("a.py", JUST_AFTER)), look("new"), None) == known


@pytest.mark.parametrize(("at", "then"), [(BEFORE, "other"), (JUST_AFTER, "env")])
def test_packages_count_from_when_their_folder_changed(at: float, then: str) -> None:
    before = look("old", watch=(stamp("site-packages", 1.0),))
    found = look("old", environment="other", watch=(stamp("site-packages", at),))

    assert understood(start(OLD), found, before, None).environment == then


# With files


@pytest.fixture
def here(tmp_path: Path) -> Place:
    return Place(str(tmp_path / "results"), str(tmp_path), "train.py")


def said(here: Place, code: str, *paths: Path, is_all: bool = True, seconds: float = 0.1) -> None:
    """Keep what a look has said of a place."""
    watch = []
    for path in paths:
        found = path.stat()
        watch.append([str(path), found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino])
    more = {"watch": watch, "is_all": is_all, "changed": [], "problem": None, "seconds": seconds}
    line = {"code": code, "environment": "env", **more}
    file = Path(here.last_look)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(line) + "\n", "utf-8")


def program(tmp_path: Path, text: str = "1") -> Path:
    path = tmp_path / "train.py"
    path.write_text(text, "utf-8")
    return path


def test_what_an_earlier_look_has_kept_is_known_at_once(here: Place, tmp_path: Path) -> None:
    assert Watch(here, {}).now == NOT_SEEN
    said(here, "old", program(tmp_path))

    watch = Watch(here, {})
    watch.check()

    assert watch.now == OLD
    watch.look_if_due(is_start=True)  # the kept one is fresh
    assert not watch.reads


@pytest.mark.parametrize("how", ["edited", "removed", "replaced"])
def test_a_check_finds_what_has_changed(here: Place, tmp_path: Path, how: str) -> None:
    path = program(tmp_path)
    said(here, "old", path)
    watch = Watch(here, {})
    if how == "edited":
        path.write_text("2", "utf-8")
    elif how == "removed":
        path.unlink()
    else:
        (tmp_path / "new.py").write_text("1", "utf-8")
        (tmp_path / "new.py").replace(path)

    watch.check()

    assert watch.now == NOT_SEEN


def test_what_is_kept_and_damaged_is_not_believed(here: Place, tmp_path: Path) -> None:
    said(here, "old", program(tmp_path))
    file = Path(here.last_look)
    whole = file.read_text("utf-8")

    for text in ("", "garbage", "[]", whole.replace('"env"', "5"), whole[:40]):
        file.write_text(text, "utf-8")
        assert Watch(here, {}).seen is None


def test_only_so_many_runs_are_remembered(here: Place, tmp_path: Path) -> None:
    said(here, "old", program(tmp_path), is_all=False)
    watch = Watch(here, {})

    for number in range(MOST_STARTS + 5):
        watch.start(a_run(OLD, number), "/folder")

    assert len(watch._starts) == MOST_STARTS


def test_runs_that_have_ended_are_forgotten_once_nothing_has_changed(
    here: Place, tmp_path: Path
) -> None:
    said(here, "old", program(tmp_path))
    watch = Watch(here, {})
    run = a_run(OLD)
    watch.start(run, "/folder")
    watch.end(run)
    assert watch._starts

    watch.check()

    assert not watch._starts
    assert not watch.is_uncertain


def test_an_old_look_is_repeated_when_a_run_starts(
    here: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "PROGRAM", ("/bin/sh", "-c", "sleep 60"))
    said(here, "old", program(tmp_path))
    long_ago = time.time() - 100
    os.utime(here.last_look, (long_ago, long_ago))
    watch = Watch(here, {})

    watch.check()
    watch.look_if_due()
    assert not watch.reads

    watch.look_if_due(is_start=True)
    assert len(watch.reads) == 1
    watch.close()


def test_a_version_that_somebody_has_removed_is_seen_again(here: Place, tmp_path: Path) -> None:
    said(here, "0123456789ab", program(tmp_path))
    record = Path(kept.record_of(here.results, "0123456789ab"))
    record.parent.mkdir()
    record.write_text("{}", "utf-8")
    watch = Watch(here, {})
    watch.check()
    assert not watch.is_new

    record.unlink()
    watch.check(is_last=True)
    assert watch.is_new
