"""Which code the runs of a sweep had, as people read it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kept_code import COMMIT, PATCH, A, B, keep_version
from support import Place, an_agent, an_ending, end, grid, place, suggestions
from sweepcli.records import CodeSeen, RunState
from sweepcli.views import code_versions
from sweepcli.views.code_versions import SweepCode


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    """Keep a sweep of many runs that nobody has taken."""
    with place(tmp_path, grid(40)) as found:
        found.store.add_agent(an_agent())
        found.store.suggest("s1", suggestions(40), run_cap=None, now=1.0)
        yield found


def run(here: Place, *codes: CodeSeen | str | None) -> None:
    """Let runs have these versions of the code."""
    for code in codes:
        seen = code if isinstance(code, CodeSeen) else CodeSeen(code)
        now = here.store.counts("s1").get(RunState.FINISHED, 0)
        claimed = here.store.claim_run("s1", "a1", now, seen)
        assert claimed is not None
        end(here.store, claimed, an_ending())


def of(here: Place) -> SweepCode | None:
    store = here.store
    return code_versions.of(store, store.sweep("s1"), store.counts("s1"), here.results)


def lines(here: Place) -> list[str]:
    found = of(here)
    return [*found.lines()] if found else []


def test_nothing_is_said_of_runs_without_known_code(here: Place) -> None:
    run(here, None, None)
    assert of(here) is None


def test_one_version_is_a_short_line(here: Place) -> None:
    run(here, A, A)
    assert lines(here) == [A]

    keep_version(here.results, A)
    assert lines(here) == [f"{A}, commit 6b582013c2aa on main"]
    keep_version(here.results, A, patch=PATCH, kept={"new.py": "1" * 40})
    assert lines(here) == [
        f"{A}, commit 6b582013c2aa on main, with changes and 1 untracked file",
    ]
    keep_version(here.results, A, repositories=[], kept={"train.py": "1" * 40})
    assert lines(here) == [f"{A}, without git"]
    (Path(here.results) / ".code" / "versions" / f"{A}.json").write_text("[")
    assert lines(here) == [A]


def test_several_versions_say_which_runs_had_them_and_which_is_the_newest(here: Place) -> None:
    run(here, *[A] * 14, *[B] * 6)
    keep_version(here.results, A)
    assert lines(here) == [
        "2 versions of the code: runs 1-14, 15-20",
        f"{A}, commit 6b582013c2aa on main: runs 1-14",
        f"{B}: runs 15-20, the newest",
    ]


def test_versions_that_took_turns_have_ranges_with_gaps(here: Place) -> None:
    run(here, A, B, A, A, B, A, B, A)
    assert lines(here) == [
        "2 versions of the code: runs 1, 3-4, 6, …; 2, 5, 7",
        f"{A}: runs 1, 3-4, 6, …, the newest",
        f"{B}: runs 2, 5, 7",
    ]


def test_of_many_versions_only_the_newest_has_a_line(here: Place) -> None:
    run(here, *(f"{number:012x}" for number in range(12)))
    assert lines(here) == [
        "12 versions of the code: runs 1, 2, 3, …, 12",
        "00000000000b: runs 12, the newest",
    ]


def test_a_change_during_a_start_and_unknown_code_are_told(here: Place) -> None:
    run(here, None, A, CodeSeen(A, B), None, None)
    assert lines(here) == [A, "changed while run 3 started", "not known of runs 1, 4-5"]

    run(here, *[CodeSeen(A, B)] * 4)
    assert "changed while runs 3, 6, 7 and 2 more started" in lines(here)


def test_a_run_that_is_tried_again_has_the_newest_code(here: Place) -> None:
    run(here, A, A)
    here.store.retry("s1", [here.store.run("r0")])
    found = here.store.claim_run("s1", "a1", 9.0, CodeSeen(B))
    while found and found.id != "r0":
        found = here.store.claim_run("s1", "a1", 9.0, CodeSeen(B))

    record = of(here)
    assert record is not None
    assert record.record()["newest"] == B


def test_frozen_code_and_the_code_of_a_new_sweep_are_said(here: Place) -> None:
    change = here.store.database.change
    with here.store.database.transaction():
        change("UPDATE sweeps SET code = ?", (A,))
    assert lines(here) == [A]
    keep_version(here.results, A)
    assert lines(here) == [f"{A}, commit 6b582013c2aa on main"]

    run(here, B)
    assert lines(here) == [B, f"the sweep was created with {A}"]
    here.store.amend_config("s1", {"code": "frozen"})
    assert lines(here)[-1] == code_versions.FROZEN


def test_programs_read_the_same(here: Place) -> None:
    run(here, A, CodeSeen(B, A), A)
    keep_version(here.results, A)
    found = of(here)

    assert found is not None
    assert found.record() == {
        "created": None,
        "frozen": False,
        "total": 2,
        "newest": A,
        "versions": [
            {
                "code": A,
                "runs": 2,
                "numbers": [[1, 1], [3, 3]],
                "commit": COMMIT,
                "branch": "main",
                "remote": "git@host:me/repo",
                "dirty": False,
                "kept": 0,
            },
            {
                "code": B,
                "runs": 1,
                "numbers": [[2, 2]],
                "commit": None,
                "branch": None,
                "remote": None,
                "dirty": None,
                "kept": None,
            },
        ],
        "unknown": None,
        "changed_at_start": [2],
    }
