from __future__ import annotations

import os
import signal
import subprocess
import time

import pytest

from sweepcli.agents.wakeup import SIGNALS, Wakeup

LONG_S = 60.0


def test_a_signal_ends_the_sleep_and_is_told_once() -> None:
    with Wakeup() as wakeup:
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)

        before = time.monotonic()
        wakeup.wait(LONG_S)

        assert time.monotonic() - before < LONG_S / 2
        assert wakeup.take_signals() == [signal.SIGINT, signal.SIGTERM]
        assert wakeup.take_signals() == []


def test_a_signal_during_the_sleep_ends_it() -> None:
    with Wakeup() as wakeup:
        with subprocess.Popen(["/bin/sh", "-c", f"kill -TERM {os.getpid()}; sleep 0"]):
            before = time.monotonic()
            while not (taken := wakeup.take_signals()):
                wakeup.wait(LONG_S)

        assert taken == [signal.SIGTERM]
        assert time.monotonic() - before < LONG_S / 2


def test_the_end_of_a_child_ends_the_sleep() -> None:
    with Wakeup() as wakeup, subprocess.Popen(["/bin/true"]):
        before = time.monotonic()
        wakeup.wait(LONG_S)

        assert time.monotonic() - before < LONG_S / 2
        assert wakeup.take_signals() == []


@pytest.mark.parametrize("timeout_s", [0.0, -1.0, 0.001])
def test_the_sleep_ends_at_its_timeout(timeout_s: float) -> None:
    with Wakeup() as wakeup:
        wakeup.wait(timeout_s)
        assert wakeup.take_signals() == []


def test_more_signals_than_a_pipe_holds_are_no_trouble() -> None:
    with Wakeup() as wakeup:
        for _ in range(70_000):
            signal.raise_signal(signal.SIGCHLD)
        signal.raise_signal(signal.SIGTERM)

        wakeup.wait(LONG_S)

        assert wakeup.take_signals() == [signal.SIGTERM]


def test_a_signal_that_was_ignored_stays_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Wakeup() as wakeup:
            signal.raise_signal(signal.SIGHUP)
            assert wakeup.take_signals() == []
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_everything_is_as_before_afterwards() -> None:
    numbers = (*SIGNALS, signal.SIGCHLD)
    before = [signal.getsignal(number) for number in numbers]
    descriptors = len(os.listdir("/dev/fd"))

    with Wakeup():
        pass

    assert [signal.getsignal(number) for number in numbers] == before
    assert len(os.listdir("/dev/fd")) == descriptors
    fd = signal.set_wakeup_fd(-1)
    signal.set_wakeup_fd(fd)
    assert fd == -1


def test_a_descriptor_that_becomes_writable_ends_the_sleep() -> None:
    read_fd, write_fd = os.pipe()
    with Wakeup() as wakeup:
        before = time.monotonic()
        wakeup.wait(LONG_S, [write_fd])

        assert time.monotonic() - before < LONG_S / 2
    os.close(read_fd)
    os.close(write_fd)
