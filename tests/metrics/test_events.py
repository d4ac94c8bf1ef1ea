from __future__ import annotations

import os

import pytest

from sweepcli.metrics.events import EventFile


@pytest.fixture
def file() -> EventFile:
    return EventFile("events.jsonl")


def write(text: bytes) -> None:
    with open("events.jsonl", "ab") as out:
        out.write(text)


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


@pytest.mark.parametrize(
    "garbage",
    [
        *(b"Traceback (most recent call last):", b"[1, 2]", b"3", b"null", b'"text"', b"{"),
        *(b'{"a": }', b"\xff\xfe\x00", b'{"a": "\xff"}', b"\0" * 4096, b"{}{}"),
        *(b"[" * 100_000, b'{"a": ' * 100_000, b'{"n": ' + b"9" * 5000 + b"}"),
    ],
    ids=lambda garbage: repr(garbage[:12]),
)
def test_garbage_costs_its_own_line_alone(file: EventFile, garbage: bytes) -> None:
    write(b'{"a": 1}\n' + garbage + b'\n{"a": 2}\n')

    assert file.drain() == [(0, {"a": 1}), (2, {"a": 2})]
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
    assert file.drain() == []

    write(b'"}\n{"b": 1}\n')

    assert file.drain() == [(0, {"a": text}), (1, {"b": 1})]


def test_numbers_that_json_lacks_are_read_as_python_writes_them(file: EventFile) -> None:
    write(b'{"a": Infinity, "b": -Infinity, "c": 1e999}\n')

    inf = float("inf")
    assert file.drain() == [(0, {"a": inf, "b": -inf, "c": inf})]


def test_a_file_that_was_replaced_by_a_shorter_one_is_read_from_its_start(
    file: EventFile,
) -> None:
    write(b'{"a": 1}\n{"a": 2}\n')
    file.drain()
    os.remove("events.jsonl")

    write(b'{"a": 3}\n')

    assert file.drain() == [(2, {"a": 3})]
