from __future__ import annotations

import os
import signal
from collections.abc import Callable

from support import until
from sweepcli import env
from sweepcli.agents.warden import Warden
from sweepcli.runs import process_table

ENVIRON = {"PATH": os.environ["PATH"], env.AGENT_ID: "outer"}


def run_of(agent_id: str) -> int:
    """Start what a run is to a warden, in a process group of its own.

    Each test has agents of its own: a warden looks again for a moment after its last kill.
    """
    argv = ["/bin/sleep", "1000"]
    return os.posix_spawn(argv[0], argv, {env.AGENT_ID: agent_id}, setpgroup=0)


def ended_by(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def dies_without_a_word(work: Callable[[], object]) -> None:
    """Do something in a process that is then killed."""
    pid = os.fork()
    if pid == 0:
        work()
        os.kill(os.getpid(), signal.SIGKILL)
    assert ended_by(pid) == -signal.SIGKILL


def test_what_an_agent_leaves_when_it_is_killed_is_killed_and_nothing_else() -> None:
    mine, other = run_of("mine"), run_of("other")

    dies_without_a_word(lambda: Warden("mine", ENVIRON).watch())

    assert ended_by(mine) == -signal.SIGKILL
    assert process_table.is_alive(other)
    os.kill(other, signal.SIGKILL)
    ended_by(other)


def test_a_good_end_kills_nothing_and_leaves_no_warden() -> None:
    mine = run_of("well")

    warden = Warden("well", ENVIRON)
    with warden:
        assert process_table.is_alive(warden._pid)

    assert not process_table.is_alive(warden._pid)
    assert process_table.is_alive(mine)
    os.kill(mine, signal.SIGKILL)
    assert ended_by(mine) == -signal.SIGKILL


def test_a_warden_that_was_killed_is_replaced() -> None:
    mine = run_of("watched")

    def work() -> None:
        warden = Warden("watched", ENVIRON)
        warden.watch()
        first = warden._pid
        os.kill(first, signal.SIGKILL)
        until(lambda: not process_table.is_alive(first))
        warden.watch()
        warden.watch()
        assert warden._pid != first

    dies_without_a_word(work)

    assert ended_by(mine) == -signal.SIGKILL


def test_the_warden_of_an_agent_inside_of_a_run_is_not_marked_as_that_run() -> None:
    with Warden("inner", ENVIRON):
        assert process_table.kill_marked({env.AGENT_ID: "outer"}) == 0
