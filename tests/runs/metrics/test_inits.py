"""What scripts say of their ends, in the events of an attempt."""

from __future__ import annotations

import pytest

from sweepcli.records import JSON
from sweepcli.runs.metrics.inits import Finishes
from sweepcli.runs.metrics.tally import Tally

ONE, TWO = "offline-run-1-r1", "offline-run-2-r1"


def init(origin: str | None = None, **more: JSON) -> dict[str, JSON]:
    return {"_event": "init", **({"_origin": origin} if origin else {}), **more}


def finish(code: JSON = 0, origin: str | None = None, **more: JSON) -> dict[str, JSON]:
    return {**init(origin, **more), "_event": "finish", "exit_code": code}


def ends(*events: dict[str, JSON]) -> Finishes:
    tally = Tally(None)
    tally.add(enumerate(events))
    return tally.finishes


@pytest.mark.parametrize(
    ("events", "code"),
    [
        ([], None),
        ([init()], None),
        ([init(), finish(3)], 3),
        ([init(), finish(None)], None),
        ([init(), finish(1), init(), finish(None)], 1),  # the process ended before a second finish
        ([init(), finish(1), init(), finish(0)], 0),
        ([init(ONE), finish(1, ONE), init(TWO), finish(0, TWO)], 0),
        ([init(ONE), init(TWO), finish(0, ONE), finish(2, TWO)], 2),
        ([finish(code=True)], 1),
        ([finish(code=False)], 0),
    ],
)
def test_the_last_finish_that_gives_an_exit_code_counts(
    events: list[dict[str, JSON]], code: int | None
) -> None:
    assert ends(*events).exit_code == code


@pytest.mark.parametrize("code", ["1", 1.5, [], {}, float("nan")])
def test_an_exit_code_that_is_none_says_nothing(code: JSON) -> None:
    assert ends(finish(2), finish(code)).exit_code == 2


@pytest.mark.parametrize(
    ("said", "code"), [(-1, 255), (-9, 247), (-256, 1), (2**40, 1), (300, 300)]
)
def test_a_code_that_no_program_ends_with_is_no_signal_and_fits_the_store(
    said: int, code: int
) -> None:
    assert ends(finish(said)).exit_code == code


@pytest.mark.parametrize(
    ("events", "are_all_said"),
    [
        ([], False),
        ([init()], False),
        ([init(), init(), finish()], True),  # the second tells a new name of the same run
        ([finish()], True),  # a program that writes its own events
        ([init(), finish(), init()], False),
        ([init(), finish(), init(), finish(None)], True),
        ([init(ONE), init(TWO), finish(0, ONE)], False),
        ([init(ONE), init(TWO), finish(0, ONE), finish(1, TWO)], True),
        ([init(_init="a"), init(_init="b"), finish(_init="b")], False),
        ([init(_init="a"), init(_init="b"), finish(_init="b"), finish(_init="a")], True),
        ([init(_init=[]), finish(_init=[])], True),
    ],
)
def test_a_run_has_said_finish_once_every_one_that_began_in_it_has(
    events: list[dict[str, JSON]], *, are_all_said: bool
) -> None:
    assert ends(*events).are_all_said == are_all_said
