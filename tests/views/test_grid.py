from __future__ import annotations

import pytest

from sweepcli.views import grid

ROWS = [["r1", "a long text without an end", 0.125], ["r2", "short", 2]]


def test_a_table_without_a_width_is_whole() -> None:
    found = grid.table(["id", "note", "value"], ROWS)

    assert found.lines == [
        "id  note                        value",
        "r1  a long text without an end  0.125",
        "r2  short                       2",
    ]
    assert found.left_out == []


def test_the_widest_column_is_cut_first() -> None:
    assert grid.table(["id", "note", "value"], ROWS, 24).lines == [
        "id  note           value",
        "r1  a long text …  0.125",
        "r2  short          2",
    ]


def test_columns_without_room_are_left_out_and_named() -> None:
    found = grid.table(["id", "note", "value"], ROWS, 14)
    assert found.lines == ["id  note", "r1  a long te…", "r2  short"]
    assert found.left_out == ["value"]


def test_a_whole_column_is_never_cut() -> None:
    rows = [[f"me/demo/{name}", note] for name, note, _ in ROWS]

    assert grid.table(["path", "note"], rows, 20, whole=["path"]).lines == [
        "path        note",
        "me/demo/r1  a long …",
        "me/demo/r2  short",
    ]


def test_characters_of_two_places_are_counted_so() -> None:
    assert grid.table(["a", "b"], [["学習", 1], ["x", 2]]).lines == [
        "a     b",
        "学習  1",
        "x     2",
    ]


def test_what_would_break_a_line_stays_on_it() -> None:
    assert grid.table(["a\nb"], [["\x1b[31m"]]).lines == ['"a\\nb"', '"\\u001b[31m"']


def test_no_name_moves_the_cursor_of_a_terminal() -> None:
    assert grid.pairs([("name", "a\x1b[2Jb\n"), ("b\r", "ü")], 40) == [
        "name  a\\x1b[2Jb\\n",
        "b\\r   ü",
    ]


def test_pairs_are_broken_between_words_and_long_words_stay_whole() -> None:
    assert grid.pairs([("params", "a=1 b=2 c=3"), ("folder", "/a/very/long/folder/name")], 18) == [
        "params  a=1 b=2",
        "        c=3",
        "folder  /a/very/long/folder/name",
    ]


@pytest.mark.parametrize("width", [1, 5, 20])
def test_a_table_bears_any_width(width: int) -> None:
    assert len(grid.table(["id", "note", "value"], ROWS, width).lines) == 3
