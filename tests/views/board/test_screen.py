from __future__ import annotations

import termios
from collections.abc import Iterator

import pytest

from sweepcli.views.board.screen import Screen
from terminals import Cutting, Rewrapping, Terminal


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    made = Terminal(20, 6)
    yield made
    made.close()


@pytest.fixture
def screen(terminal: Terminal) -> Screen:
    return Screen(terminal.program_fd, "utf-8", rewraps=False)


@pytest.fixture(params=[Cutting, Rewrapping])
def both(request: pytest.FixtureRequest) -> Iterator[tuple[Terminal, Screen]]:
    """Terminals of 40 columns that are to be made narrower."""
    made = Terminal(40, 12, request.param)
    yield made, Screen(made.program_fd, "utf-8", rewraps=request.param is Rewrapping)
    made.close()


@pytest.fixture
def rewrapping() -> Iterator[tuple[Terminal, Screen]]:
    """The one of these that breaks its lines anew."""
    made = Terminal(40, 12, Rewrapping)
    yield made, Screen(made.program_fd, "utf-8", rewraps=True)
    made.close()


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


LINES = [f"{name} {'0123456789' * 4}"[:38] for name in "abc"]
BOARD = ["─" * 20, *LINES, "\x1b[1m学習率学習率学習率学習率学習率学習率\x1b[0m"]


@pytest.mark.parametrize("sizes", [[20], [39, 31, 20], [20, 40, 25], [30, 19]])
def test_a_narrower_terminal_has_the_board_once(
    both: tuple[Terminal, Screen], sizes: list[int]
) -> None:
    terminal, screen = both
    log = [f"line {number}" for number in range(30)]
    screen.paint(log, BOARD)
    for columns in sizes:
        terminal.resize(columns, 12)
    region = [line[: sizes[-1] - 1] for line in BOARD]

    screen.paint([], region[:-1])

    assert terminal.lines == [*log, *region[:-1]]


def test_a_terminal_that_changes_while_it_is_painted_has_every_line_once(
    both: tuple[Terminal, Screen],
) -> None:
    terminal, screen = both
    log = [f"line {number}" for number in range(30)]
    for number, columns in enumerate((20, 60, 11, 25, 80, 40)):
        screen.paint(log[number * 5 : number * 5 + 5], ["x" * (columns // 2), "y"])
        terminal.resize(columns, 12)

    screen.close([])

    assert terminal.lines == log


@pytest.mark.parametrize("shown_late", [1, 2])
def test_lines_that_a_narrower_terminal_shows_late_are_there_once(
    rewrapping: tuple[Terminal, Screen], shown_late: int
) -> None:
    terminal, screen = rewrapping
    screen.paint([f"line {number}" for number in range(10)], LINES[:2])
    terminal.read()
    for number in range(shown_late):
        screen.paint([f"late {number}"], LINES[:2])
    terminal.resize_unread(25, 12)

    screen.paint(["last"], ["board"])

    late = [f"late {number}" for number in range(shown_late)]
    assert terminal.lines == [*(f"line {number}" for number in range(10)), *late, "last", "board"]


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
