from __future__ import annotations

import os

import pytest

from sweepcli.records import JSON
from sweepcli.runs.metrics import growing
from sweepcli.runs.metrics.events import EventFile


@pytest.fixture
def file() -> EventFile:
    return EventFile("events.jsonl")


def write(text: bytes) -> None:
    with open("events.jsonl", "ab") as out:
        out.write(text)


def all_of(file: EventFile, *, ended: bool = False) -> list[tuple[int, dict[str, JSON]]]:
    found = file.drain(ended=ended)
    while file.has_more:
        found += file.drain(ended=ended)
    return found


def replace(text: bytes) -> None:
    with open("new.jsonl", "wb") as out:
        out.write(text)
    os.replace("new.jsonl", "events.jsonl")


def test_a_missing_file_has_no_events_until_it_is_there(file: EventFile) -> None:
    assert file.drain() == []
    write(b'{"a": 1}\n')
    assert file.drain() == [(0, {"a": 1})]


def test_each_event_is_returned_once_with_the_number_of_its_line(file: EventFile) -> None:
    write(b'{"a": 1}\n{"a": 2}\n')
    assert file.drain() == [(0, {"a": 1}), (1, {"a": 2})]

    write(b'{"a": 3}\n')

    assert file.drain() == [(2, {"a": 3})]
    assert file.drain() == file.drain(ended=True) == []


def test_a_line_is_returned_once_its_newline_is_there(file: EventFile) -> None:
    write(b'{"a": 1}\n{"b"')
    assert file.drain() == [(0, {"a": 1})]
    write(b": 2}")
    assert file.drain() == []

    write(b"\n")

    assert file.drain() == [(1, {"b": 2})]


def test_a_last_line_without_newline_counts_once_the_writer_has_ended(file: EventFile) -> None:
    write(b'{"a": 1}\n{"a": 2}')
    assert file.drain(ended=True) == [(0, {"a": 1}), (1, {"a": 2})]
    assert file.drain(ended=True) == []


def test_a_torn_last_line_is_left_out_and_told(file: EventFile) -> None:
    write(b'{"a": 1}\n{"a": 2')

    assert file.drain(ended=True) == [(0, {"a": 1})]
    assert file.bad_lines == [2]
    assert file.complaints() == ["events.jsonl:2: a line is not a JSON object and skipped"]


def test_bad_lines_are_counted_and_the_first_is_named(file: EventFile) -> None:
    file.drain()
    assert file.complaints() == []
    write(b'{"a": 1}\n\nx\ny\n')
    file.drain()

    assert file.complaints() == ["events.jsonl:3: 2 lines are not a JSON object and skipped"]


@pytest.mark.parametrize(
    "garbage",
    [
        *(b"Traceback (most recent call last):", b"[1, 2]", b"3", b"null", b'"text"', b"{"),
        *(b'{"a": }', b"\xff\xfe\x00", b'{"\xff": }', b"\0" * 4096, b"{}{}"),
        *(b'{"a": ' * 101 + b"1" + b"}" * 101, b'{"a": ' + b"[" * 200 + b"]" * 200 + b"}"),
        *(b"[" * 100_000, b'{"a": ' * 100_000, b'{"n": ' + b"9" * 5000 + b"}"),
    ],
    ids=lambda garbage: repr(garbage[:12]),
)
def test_garbage_costs_its_own_line_alone(file: EventFile, garbage: bytes) -> None:
    write(b'{"a": 1}\n' + garbage + b'\n{"a": 2}\n')
    assert all_of(file) == [(0, {"a": 1}), (2, {"a": 2})]
    assert file.bad_lines == [2]


def test_blank_lines_and_carriage_returns_are_harmless(file: EventFile) -> None:
    write(b'{"a": 1}\r\n\r\n  \n\n{"a": "x\\r\\n"}\r\n')
    assert file.drain() == [(0, {"a": 1}), (4, {"a": "x\r\n"})]
    assert file.bad_lines == []


def test_other_separators_of_lines_are_part_of_the_text(file: EventFile) -> None:
    write('{"a": "\u2028\u0085"}\n'.encode())
    assert file.drain() == [(0, {"a": "\u2028\u0085"})]


def test_a_line_of_ten_megabytes_arrives_whole(file: EventFile) -> None:
    text = "é" * 5_000_000
    write(b'{"a": "' + text.encode())
    assert all_of(file) == []

    write(b'"}\n{"b": 1}\n')

    assert all_of(file) == [(0, {"a": text}), (1, {"b": 1})]


def test_numbers_that_json_lacks_are_read_as_python_writes_them(file: EventFile) -> None:
    write(b'{"a": Infinity, "b": -Infinity, "c": 1e999}\n')
    inf = float("inf")
    assert file.drain() == [(0, {"a": inf, "b": -inf, "c": inf})]


def test_bytes_that_are_not_utf_8_cost_their_own_character_alone(file: EventFile) -> None:
    write(b'{"loss": 0.5, "na\xefve": "caf\xe9"}\n\xef\xbb\xbf{"a": 1}\n')
    assert file.drain() == [(0, {"loss": 0.5, "na\ufffdve": "caf\ufffd"}), (1, {"a": 1})]
    assert file.bad_lines == []


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 8, 9, 10, 26, 27, 1000])
def test_a_large_file_is_read_in_pieces_wherever_they_end(
    file: EventFile, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growing, "PIECE", piece)
    write(b'{"a": 1}\n{"b": "long"}\n{"c"')

    assert all_of(file) == [(0, {"a": 1}), (1, {"b": "long"})]
    write(b": 3}")

    assert all_of(file) == []
    assert all_of(file, ended=True) == [(2, {"c": 3})]
    assert all_of(file, ended=True) == []


@pytest.mark.parametrize("ended", [False, True])
def test_one_call_returns_no_more_than_one_piece(
    file: EventFile, *, ended: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growing, "PIECE", 100)
    write(b'{"a": 1}\n' * 1000)

    sizes = [len(file.drain(ended=ended))]
    while file.has_more:
        sizes.append(len(file.drain(ended=ended)))

    assert (len(sizes), max(sizes), sum(sizes)) == (90, 12, 1000)


@pytest.mark.parametrize(
    "text",
    [b'{"a": 3}\n', b'{"a": 3}\n{"a": 4}\n', b'{"a": 3}\n{"a": 4}\n{"a": 5}\n', b'{"a": 3}'],
    ids=["shorter", "as long", "longer", "torn"],
)
@pytest.mark.parametrize("how", ["renamed over", "removed before", "emptied"])
def test_a_file_that_was_replaced_is_read_from_its_start(
    file: EventFile, how: str, text: bytes
) -> None:
    write(b'{"a": 1}\n{"a": 2}\n{"unfin')
    file.drain()
    assert file.restarts == 0

    if how == "renamed over":
        replace(text)
    elif how == "removed before":
        os.remove("events.jsonl")
        write(text)
    else:
        os.truncate("events.jsonl", 0)
        write(text)

    values = [3, 4, 5][: text.count(b"a")]
    assert file.drain(ended=True) == [(2 + i, {"a": a}) for i, a in enumerate(values)]
    assert (file.restarts, file.bad_lines) == (1, [])


def test_a_file_that_is_gone_for_a_while_is_read_once_it_is_back(file: EventFile) -> None:
    write(b'{"a": 1}\n')
    file.drain()
    os.remove("events.jsonl")
    assert file.drain() == []

    write(b'{"a": 2}\n')

    assert file.drain() == [(1, {"a": 2})]
    assert file.complaints() == [
        "events.jsonl was replaced while the run wrote it; lines that had not been read are lost"
    ]


def test_a_file_that_is_replaced_between_two_pieces_is_read_anew(
    file: EventFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growing, "PIECE", 12)
    write(b'{"a": 1}\n{"a": 2}\n')
    assert file.drain() == [(0, {"a": 1})]

    replace(b'{"a": 3}\n')

    assert all_of(file) == [(1, {"a": 3})]


def test_a_file_that_only_grew_was_not_replaced(file: EventFile) -> None:
    file.drain()
    for number in range(50):
        write(b'{"a": 1}\n' * number)
        file.drain()

    assert file.restarts == 0
