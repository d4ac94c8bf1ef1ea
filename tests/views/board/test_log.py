from __future__ import annotations

import pytest

from sweepcli.views.board import log
from sweepcli.views.board.log import LogWindow


@pytest.mark.parametrize(
    ("line", "seen"),
    [
        (b"plain [red]", "plain [red]"),
        (b"gr\xc3\xb6\xc3\x9fe \xff", "größe \ufffd"),
        (b"10%\r50%\r100%\r", "100%"),
        (b"a\tb", "a       b"),
        (b"\x1b[31mred\x1b[0m", "\x1b[31mred\x1b[0m\x1b[0m"),
        (b"\x1b[2J\x1b[Hup\x1b[3Aper", "upper"),
        (b"\x1b]0;title\x07text\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "textlink"),
        (b"\x07b\x08e\x00ll\x7f", "bell"),
        ("no\u00a0break\u200b\u202espace".encode(), "no breakspace"),
        (b"half \x1b", "half "),
        (b"\x1b[38;5;1", ""),
    ],
)
def test_nothing_but_text_and_colours_is_left_of_a_line(line: bytes, seen: str) -> None:
    assert log.cleaned(line) == seen


@pytest.mark.parametrize(
    ("line", "width", "seen"),
    [
        ("short", 5, "short"),
        ("longer", 5, "long…"),
        ("日本語", 6, "日本語"),
        ("日本語", 5, "日本…"),
        ("\x1b[31mlonger\x1b[0m", 6, "\x1b[31mlonger\x1b[0m"),
        ("\x1b[31mlonger\x1b[0m", 5, "\x1b[31mlong…\x1b[0m"),
        ("a\x1b[31mlonger\x1b[0m", 1, "…\x1b[0m"),
    ],
)
def test_a_line_is_cropped_to_the_cells_that_it_takes(line: str, width: int, seen: str) -> None:
    assert log.cropped(line, width, "…") == seen


def test_colours_take_no_room() -> None:
    assert log.width_of("\x1b[1;31mab\x1b[0m") == 2


def filled(count: int) -> LogWindow:
    window = LogWindow()
    for number in range(count):
        window.add(str(number))
    return window


def test_a_line_leaves_once_and_in_its_order() -> None:
    window = filled(5)

    assert (window.leaving(3), window.show(3)) == (["0", "1"], ["2", "3", "4"])
    window.add("5")
    assert (window.leaving(3), window.show(3)) == (["2"], ["3", "4", "5"])
    assert (window.leaving(0), window.show(0), len(window)) == (["3", "4", "5"], [], 0)


def test_lines_that_were_begun_are_shown_last_and_do_not_leave() -> None:
    window = filled(3)
    window.unfinished = ["50%"]

    assert (window.leaving(3), window.show(3)) == (["0"], ["1", "2", "50%"])
    window.unfinished = []
    assert (window.leaving(3), window.show(3)) == ([], ["1", "2"])


def test_lines_left_on_the_screen_are_not_written_again() -> None:
    window = filled(4)
    window.leaving(3)
    window.show(3)
    window.add("4")

    window.leave_shown(10, 80)

    assert window.leaving(0) == ["4"]


def test_of_a_screen_that_was_made_lower_the_first_lines_alone_are_gone() -> None:
    window = filled(4)
    window.show(4)

    window.leave_shown(2, 80)

    assert window.show(4) == ["2", "3"]


def test_a_line_that_was_cropped_is_still_to_be_seen_whole() -> None:
    window = LogWindow()
    for line in ("short", "much longer", "last"):
        window.add(line)
    window.show(3)

    window.leave_shown(3, 6)

    assert window.leaving(0) == ["much longer"]
