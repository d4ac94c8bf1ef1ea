from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweepcli.runs.metrics import growing
from sweepcli.runs.metrics.wandb_records import BLOCK, HEADER, LogRecords, fields
from wandb_logs import log

SIZES = (0, 1, 100, BLOCK - 14, BLOCK - 13, BLOCK - 7, BLOCK, 3 * BLOCK + 5)


def records(sizes: tuple[int, ...] | list[int]) -> list[bytes]:
    return [bytes([number % 256]) * size for number, size in enumerate(sizes)]


def everything(reader: LogRecords) -> list[bytes]:
    found = reader.records()
    while reader.has_more:
        found += reader.records()
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run-r1.wandb"


@pytest.mark.parametrize("size", SIZES)
def test_records_of_every_size_are_read(size: int, path: Path) -> None:
    expected = records([size, 7, size, size])
    path.write_bytes(log(expected))
    assert everything(LogRecords(str(path))) == expected


@given(sizes=st.lists(st.sampled_from(SIZES), max_size=6), cuts=st.lists(st.integers(0, 200_000)))
@settings(max_examples=60, deadline=None)
def test_a_log_is_read_alike_however_it_grows(
    sizes: list[int], cuts: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("log") / "run-r1.wandb"
    expected, whole = records(sizes), log(records(sizes))
    reader, found = LogRecords(str(path)), list[bytes]()

    for cut in sorted(cuts):
        path.write_bytes(whole[:cut])
        found += reader.records()
    path.write_bytes(whole)
    found += reader.records()

    assert found == expected
    assert reader.damaged == 0


def test_nothing_is_read_where_there_is_no_log(path: Path) -> None:
    reader = LogRecords(str(path))
    assert reader.records() == []
    path.write_bytes(HEADER[:3])
    assert reader.records() == []
    path.write_bytes(b"something else altogether")
    assert reader.records() == []
    path.unlink()
    path.mkdir()
    assert reader.records() == []


def test_a_log_that_another_process_overwrites_is_read_from_its_start(path: Path) -> None:
    path.write_bytes(log([b"first", b"second"]))
    reader = LogRecords(str(path))
    assert reader.records() == [b"first", b"second"]

    path.write_bytes(log([b"another"]))
    assert reader.records() == [b"another"]
    path.unlink()
    path.write_bytes(log([b"a third one, longer than the others", b"!"]))
    assert reader.records() == [b"a third one, longer than the others", b"!"]


def test_a_large_log_is_read_piece_by_piece(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growing, "PIECE", 2 * BLOCK)
    expected = records([BLOCK // 3] * 20)
    path.write_bytes(log(expected))
    reader = LogRecords(str(path))

    assert len(reader.records()) < 20
    assert reader.has_more
    assert len(everything(reader)) > 0
    assert everything(LogRecords(str(path))) == expected


@pytest.mark.parametrize("pieces", [2, 256])
def test_damage_costs_its_block_alone(
    pieces: int, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growing, "PIECE", pieces * BLOCK)
    expected = records([BLOCK - 7 - 7 - 0, *[BLOCK // 2 - 7] * 10])
    content = bytearray(log(expected))
    content[BLOCK + 20] ^= 0xFF
    path.write_bytes(content)
    reader = LogRecords(str(path))

    found = everything(reader)

    assert found[0] == expected[0]
    assert found[-1] == expected[-1]
    assert 7 <= len(found) < 11
    assert reader.damaged == 1


def test_damage_is_skipped_up_to_the_next_block_however_the_log_grows(path: Path) -> None:
    expected = records([*[BLOCK // 2 - 7] * 6])
    content = bytearray(log(expected))
    content[20] ^= 0xFF
    reader, found = LogRecords(str(path)), []
    for size in range(1_000, len(content) + 1_000, 1_000):
        path.write_bytes(content[:size])
        found += reader.records()

    assert found[-4:] == expected[-4:]
    assert reader.damaged == 1


def test_a_hole_of_a_terabyte_in_a_log_is_skipped(path: Path) -> None:
    path.write_bytes(log([b"before"]))
    os.truncate(path, 1 << 40)
    with path.open("ab") as file:
        file.write(log([b"", b"behind"])[len(HEADER) :])
    reader = LogRecords(str(path))

    assert everything(reader) == [b"before", b"", b"behind"]
    assert reader.damaged > 0


def test_a_number_of_more_bytes_than_any_is_refused() -> None:
    with pytest.raises(ValueError, match="no end"):
        list(fields(b"\x08" + b"\xff" * 20 + b"\x01"))


def test_a_record_without_end_is_not_collected(path: Path) -> None:
    """Its chunks would fill the memory."""
    endless = log([bytes(BLOCK * 600)])[: BLOCK * 550]
    path.write_bytes(endless)
    reader = LogRecords(str(path))

    assert everything(reader) == []
    assert reader.damaged == 1
