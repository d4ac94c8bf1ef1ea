from __future__ import annotations

import pytest

from sweepcli.records import JSON
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


def test_the_widest_column_is_cut_first_and_a_text_keeps_both_ends() -> None:
    assert grid.table(["id", "note", "value"], ROWS, 24).lines == [
        "id  note           value",
        "r1  a lo…t an end  0.125",
        "r2  short          2",
    ]


def test_columns_without_room_are_left_out_and_named() -> None:
    found = grid.table(["id", "note", "value"], ROWS, 16)
    assert found.lines == ["id  note", "r1  a l…t an end", "r2  short"]
    assert found.left_out == ["value"]


def test_a_whole_column_is_never_cut() -> None:
    rows = [[f"me/demo/{name}", note] for name, note, _ in ROWS]

    assert grid.table(["path", "note"], rows, 24, whole=["path"]).lines == [
        "path        note",
        "me/demo/r1  a l…t an end",
        "me/demo/r2  short",
    ]


@pytest.mark.parametrize(
    "number", [1.23457e-05, -123456789012345678901234567890, "0.000123456789012", "12 of 1,000"]
)
def test_a_number_is_never_cut_but_left_out_with_its_column(number: JSON) -> None:
    text = str(number)
    rows: list[list[JSON]] = [["r1", number, "x" * 80]]
    for width in range(1, 60):
        found = grid.table(["id", "a_long_heading", "note"], rows, width)

        has_room = width >= len("r1  ") + max(len(text), grid.LEAST)
        assert (text in found.lines[1]) is has_room
        assert ("a_long_heading" in found.left_out) is not has_room


def test_a_long_heading_makes_room_for_numbers() -> None:
    names = ["learning_rate_warmup_steps", "weight_decay_of_the_encoder"]

    found = grid.table(["id", *names], [["r1", 0.125, 2]], 30)

    assert found.lines == ["id  lea…up_steps  wei…_encoder", "r1  0.125         2"]
    assert found.left_out == []


def test_a_list_is_cut_behind_a_whole_element() -> None:
    rows: list[list[JSON]] = [
        ["r1", [64, 128, 256, 512]],
        ["r2", {"a": 1.25, "b": [0.5, 0.25]}],
        ["r3", [[123456789, 1]]],
    ]

    lines = grid.table(["id", "layers"], rows, 17).lines

    assert lines == ["id  layers", "r1  [64, 128, …", 'r2  {"a": 1.25, …', "r3  […"]


def test_a_cell_may_know_how_to_fit() -> None:
    def fitting(width: int) -> str:
        return "loss=0.125" if width >= 10 else "0.125"

    assert grid.table(["id", "best"], [["r1", fitting]], 14).lines[1] == "r1  loss=0.125"
    assert grid.table(["id", "best"], [["r1", fitting]], 9).lines[1] == "r1  0.125"
    assert grid.table(["id", "best"], [["r1", fitting]], 8).left_out == ["best"]
    assert grid.table(["id", "best"], [["r1", fitting]]).lines[1] == "r1  loss=0.125"


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


def test_what_people_copy_stays_on_one_line() -> None:
    command = "python train.py --lr=0.1 --depth=3"

    assert grid.pairs([("command", command), ("a", "x y")], 10, whole=("command",)) == [
        f"command  {command}",
        "a        x",
        "         y",
    ]
    assert [*grid.broken("write `a: {b: 'c d'}`, then `sweep show x`; it is read", 8)] == [
        "write",
        "`a: {b: 'c d'}`,",
        "then",
        "`sweep show x`;",
        "it is",
        "read",
    ]
    assert [*grid.broken("Assertion `x > 0' failed", 8)] == ["Assertion", "`x > 0'", "failed"]


@pytest.mark.parametrize("width", [1, 5, 20])
def test_a_table_bears_any_width(width: int) -> None:
    assert len(grid.table(["id", "note", "value"], ROWS, width).lines) == 3
