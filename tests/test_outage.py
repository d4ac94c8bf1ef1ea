from __future__ import annotations

import pytest

from sweepcli.errors import StoreUnavailable
from sweepcli.outage import Outage

AWAY = StoreUnavailable("sweeps.db: database is locked")


def test_a_short_outage_is_nobodys_business() -> None:
    told: list[str] = []
    outage = Outage(told.append)

    outage.failed(AWAY, 100.0, is_at_work=False)
    assert (outage.is_on, outage.is_worth_a_try(100.5), outage.is_worth_a_try(101.0)) == (
        *(True, False, True),
    )
    outage.is_over()

    assert (outage.is_on, told) == (False, [])


def test_a_long_one_is_told_once_and_so_is_its_end() -> None:
    told: list[str] = []
    outage = Outage(told.append)

    for at in range(60):
        outage.failed(AWAY, 100.0 + at, is_at_work=False)
    outage.is_over()
    outage.is_over()

    assert [text[:30] for text in told] == [str(AWAY) + ".", "the database can be written ag"]


def test_it_is_hopeless_after_ten_minutes_unless_runs_are_at_work() -> None:
    outage = Outage(lambda _: None)
    outage.failed(AWAY, 100.0, is_at_work=False)
    outage.failed(AWAY, 9999.0, is_at_work=True)

    with pytest.raises(StoreUnavailable):
        outage.failed(AWAY, 9999.0, is_at_work=False)
