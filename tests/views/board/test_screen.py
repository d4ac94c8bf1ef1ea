from __future__ import annotations

import termios
from collections.abc import Iterator

import pytest

from sweepcli.views.board.screen import Screen
from terminals import Terminal


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    made = Terminal(20, 6)
    yield made
    made.close()


@pytest.fixture
def screen(terminal: Terminal) -> Screen:
    return Screen(terminal.program_fd, "utf-8")


def test_a_region_takes_the_place_of_the_one_before(terminal: Terminal, screen: Screen) -> None:
    for region in (["a", "b", "c"], ["a", "B", "c"], ["d"], ["e", "f"], ["e", "f"]):
        screen.paint([], region)
        assert terminal.lines == region


def test_lines_that_are_kept_stand_above_the_region(terminal: Terminal, screen: Screen) -> None:
    long = "0123456789" * 3
    screen.paint([], ["board 1", "log 1"])
    screen.paint(["kept 1", long], ["board 2", "log 2"])
    screen.paint(["kept 2"], ["board 3"])

    assert terminal.lines == ["kept 1", *(long[:20], long[20:]), "kept 2", "board 3"]


def test_lines_that_scroll_out_of_sight_are_there_once(terminal: Terminal, screen: Screen) -> None:
    for number in range(20):
        screen.paint([f"kept {number}"], ["board", *(f"log {number + i}" for i in range(4))])
    screen.close(["the end"])

    assert terminal.lines == [*(f"kept {number}" for number in range(20)), "the end"]


def test_a_full_screen_is_removed_without_a_trace(terminal: Terminal, screen: Screen) -> None:
    screen.paint([], ["1", "2", "3", "4", "5"])
    screen.close([])
    assert (terminal.lines, terminal.is_as_it_was) == ([""], True)


def test_a_line_that_is_too_wide_for_the_region_does_not_break_it(
    terminal: Terminal, screen: Screen
) -> None:
    for _ in range(2):
        screen.paint([], ["x" * 30, "y"])
        assert terminal.lines == ["x" * 20, "y"]


def test_what_was_forgotten_stays(terminal: Terminal, screen: Screen) -> None:
    screen.paint([], ["old"])
    screen.forget()
    screen.paint(["kept"], ["new"])

    assert terminal.lines == ["old", "kept", "new"]


def test_of_a_narrower_terminal_all_broken_lines_are_taken(
    terminal: Terminal, screen: Screen
) -> None:
    screen.paint(["above"], ["0123456789abcdefghi"])
    terminal.read()
    terminal.resize(10, 6)
    terminal.feed(b"\x1b[H\x1b[Jabove\r\n0123456789\r\nabcdefghi\r\n")  # as many terminals do it

    screen.paint([], ["new"])

    assert terminal.lines == ["above", "new"]


def test_after_ctrl_s_nothing_is_waited_for(terminal: Terminal, screen: Screen) -> None:
    assert screen.is_ready()
    termios.tcflow(terminal.program_fd, termios.TCOOFF)
    assert not screen.is_ready()

    screen.paint(["kept"], ["board"])
    assert (terminal.lines, screen.is_ready()) == ([""], False)
    termios.tcflow(terminal.program_fd, termios.TCOON)

    assert screen.is_ready()
    assert terminal.lines == ["kept", "board"]


def test_a_terminal_that_is_gone_takes_everything(terminal: Terminal, screen: Screen) -> None:
    screen.paint([], ["board"])
    terminal.hang_up()

    screen.paint(["kept"], ["board"])

    assert screen.is_ready()
