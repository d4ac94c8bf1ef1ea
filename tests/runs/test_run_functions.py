from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from sweepcli.runs.functions import Handover


@pytest.fixture
def output_fd() -> Iterator[int]:
    fd = os.open(os.devnull, os.O_WRONLY)
    yield fd
    os.close(fd)


def test_runs_are_handed_over_one_after_another(output_fd: int) -> None:
    handover = Handover(lambda: None)
    calls = [handover.start(["f"], {"N": str(number)}, output_fd) for number in range(2)]
    handover.close()

    for number, call in enumerate(calls):
        taken = handover.next()
        assert taken is call
        assert (taken.environ, taken.poll()) == ({"N": str(number)}, None)
        taken.end(number)
        assert call.poll() == number
    assert handover.next() is None


def test_a_signal_is_a_wish_as_long_as_the_function_is_at_work(output_fd: int) -> None:
    wishes = list[int]()
    handover = Handover(lambda: wishes.append(1))
    call = handover.start(["f"], {}, output_fd)

    call.send(signal.SIGTERM)
    call.end(0)
    call.send(signal.SIGKILL)  # what is left of a group, were it a process

    assert (wishes, call.open_files()) == ([1], [])


def test_what_was_handed_over_and_never_called_can_be_given_up(output_fd: int) -> None:
    handover = Handover(lambda: None)
    handover.give_up(-2)
    call = handover.start(["f"], {}, output_fd)

    handover.give_up(-2)
    handover.give_up(-3)

    assert call.poll() == -2
