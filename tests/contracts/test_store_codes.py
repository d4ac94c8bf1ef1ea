"""What every store must know of the code of runs."""

from __future__ import annotations

import pytest

from support import a_sweep, an_agent, claimed, end, suggestions
from sweepcli.records import CodeSeen
from sweepcli.stores import Store
from sweepcli.stores.codes import CodeRuns, Codes

A, B = "a" * 12, "b" * 12


def fill(store: Store, codes: str) -> Codes:
    """Keep runs that had versions A, B, one that changed (c), or an unknown one (-)."""
    store.add_sweep(a_sweep())
    store.add_agent(an_agent())
    store.suggest("s1", suggestions(len(codes) + 1), run_cap=None, now=1.0)
    seen = {"A": CodeSeen(A), "B": CodeSeen(B), "c": CodeSeen(A, B), "-": CodeSeen()}
    for at, code in enumerate(codes):
        run = store.claim_run("s1", "a1", 10.0 + at, seen[code])
        assert run is not None
        end(store, run)
    return Codes(store.database)


def test_a_version_knows_its_runs(empty: Store) -> None:
    codes = fill(empty, "AAcBBB")

    assert codes.known("s1") == [CodeRuns(A, 3, 1, 3, 1, 12.0), CodeRuns(B, 3, 4, 6, 0, 15.0)]
    assert all(each.is_span for each in codes.known("s1"))
    assert codes.changed("s1", 5) == [3]
    assert codes.unknown("s1") is None
    assert codes.known("s2") == []


def test_ranges_of_numbers_have_no_gaps(empty: Store) -> None:
    codes = fill(empty, "AABA-B-A")

    assert not codes.known("s1")[0].is_span
    assert codes.spans("s1", A, 9) == [(1, 2), (4, 4), (8, 8)]
    assert codes.spans("s1", A, 2) == [(1, 2), (4, 4)]
    assert codes.spans("s1", None, 9) == [(5, 5), (7, 7)]
    assert codes.unknown("s1") == CodeRuns(None, 2, 5, 7)


@pytest.mark.parametrize("again", [CodeSeen(B), CodeSeen()])
def test_the_last_attempt_decides_which_code_a_run_had(empty: Store, again: CodeSeen) -> None:
    codes = fill(empty, "AA")
    empty.retry("s1", [empty.run("r0")])
    claimed(empty)  # a new one, which goes first
    run = empty.claim_run("s1", "a1", 20.0, again)

    assert run is not None
    assert (run.number, run.code) == (1, again.code)
    assert codes.spans("s1", A, 9) == [(2, 2)]
