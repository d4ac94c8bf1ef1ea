from __future__ import annotations

import signal

import pytest

from sweepcli.shutdown import Shutdown

INT, TERM, HUP = signal.SIGINT, signal.SIGTERM, signal.SIGHUP


@pytest.mark.parametrize(
    ("signals", "sent"),
    [
        ([], None),
        ([INT], None),
        ([INT, INT], TERM),
        ([INT, INT, INT], signal.SIGKILL),
        ([INT] * 9, signal.SIGKILL),
        ([TERM], TERM),
        ([HUP], TERM),
        ([INT, TERM], TERM),
        ([TERM, INT], signal.SIGKILL),
        ([TERM, TERM], signal.SIGKILL),
    ],
)
def test_each_signal_climbs_the_ladder(
    signals: list[signal.Signals], sent: signal.Signals | None
) -> None:
    shutdown = Shutdown()

    for number in signals:
        shutdown.climb(number)

    assert shutdown.signal == sent


def test_the_first_signal_names_the_end_and_its_exit_code() -> None:
    shutdown = Shutdown()
    shutdown.climb(INT)
    shutdown.climb(TERM)

    assert (shutdown.exit_code, shutdown.why) == (130, "interrupted by SIGINT")


def test_each_rung_says_what_the_next_signal_would_do() -> None:
    shutdown = Shutdown()

    said = [shutdown.climb(INT) for _ in range(3)]

    assert "Send ctrl-c again to terminate them." in said[0]
    assert "again to kill" in said[1]
    assert said[2].startswith("Killing")
