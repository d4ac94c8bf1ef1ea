from __future__ import annotations

import pytest

from sweepcli.views.board import log


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


@pytest.mark.parametrize(
    ("line", "rows"),
    [("", 1), ("x" * 10, 1), ("x" * 11, 2), ("学" * 5, 1), ("学" * 6, 2), ("x学" * 7, 3)],
)
def test_a_line_takes_as_many_rows_as_it_is_broken_into(line: str, rows: int) -> None:
    assert log.rows_of(f"\x1b[31m{line}\x1b[0m", 10) == rows
