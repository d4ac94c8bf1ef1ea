from __future__ import annotations

import pytest

from sweepcli.agents.outage import Outage
from sweepcli.errors import StoreUnavailable

AWAY = StoreUnavailable("sweeps.db: database is locked")


def test_a_short_outage_is_nobodys_business() -> None:
    told: list[str] = []
    outage = Outage(told.append, is_local=True)

    outage.failed(AWAY, 100.0, is_at_work=False)
    assert (outage.is_on, outage.is_worth_a_try(100.4), outage.is_worth_a_try(101.0)) == (
        *(True, False, True),
    )
    outage.is_over()

    assert (outage.is_on, told) == (False, [])


def test_a_server_is_tried_again_ever_more_rarely_and_not_by_all_at_once() -> None:
    now, pauses = 100.0, []
    outage = Outage(lambda _: None, is_local=False)
    for _ in range(20):
        outage.failed(AWAY, now, is_at_work=True)
        pauses.append(outage.next_try - now)
        now = outage.next_try

    outage.is_over()
    outage.failed(AWAY, now, is_at_work=True)

    bounds = [1.0, 2.0, 4.0, *[8.0] * 17]
    assert all(most / 2 <= pause <= most for most, pause in zip(bounds, pauses, strict=True))
    assert len(set(pauses)) > 10
    assert outage.next_try - now <= 1.0


def test_a_file_is_tried_again_each_second() -> None:
    now, outage = 100.0, Outage(lambda _: None, is_local=True)

    for _ in range(9):
        outage.failed(AWAY, now, is_at_work=True)
        assert 0.5 <= outage.next_try - now <= 1.0
        now = outage.next_try


def test_a_long_one_is_told_once_and_so_is_its_end() -> None:
    told: list[str] = []
    outage = Outage(told.append, is_local=True)

    for at in range(60):
        outage.failed(AWAY, 100.0 + at, is_at_work=False)
    outage.is_over()
    outage.is_over()

    assert [text[:30] for text in told] == [str(AWAY) + ".", "the database can be written ag"]


def test_it_is_hopeless_after_ten_minutes_unless_runs_are_at_work() -> None:
    outage = Outage(lambda _: None, is_local=True)
    outage.failed(AWAY, 100.0, is_at_work=False)
    outage.failed(AWAY, 9999.0, is_at_work=True)

    with pytest.raises(StoreUnavailable):
        outage.failed(AWAY, 9999.0, is_at_work=False)
