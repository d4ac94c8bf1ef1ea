from __future__ import annotations

import os
from pathlib import Path

import pytest

from irregular import KINDS, put
from sweepcli import regular_files
from sweepcli.runs.metrics import growing
from sweepcli.runs.metrics.events import EventFile
from sweepcli.runs.metrics.growing import LONGEST, PrintedLines


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.jsonl"


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_a_file_is_not_waited_for_and_told(kind: str, path: Path) -> None:
    put(kind, path)
    file = EventFile(str(path))

    assert file.drain(ended=True) == []
    assert file.complaints() == [f"{path} is {kind}; what the run logged there is not read"]
    assert not file.has_more


def test_a_file_that_comes_back_is_read_and_no_trouble(path: Path) -> None:
    put("a FIFO", path)
    file = EventFile(str(path))
    file.drain()
    path.unlink()
    path.write_text('{"a": 1}\n')

    assert file.drain() == [(0, {"a": 1})]
    assert file.complaints() == []


def test_a_link_to_itself_is_told(path: Path) -> None:
    path.symlink_to(path)
    file = EventFile(str(path))

    assert file.drain(ended=True) == []
    assert "cannot be opened: Too many levels of symbolic links" in file.complaints()[0]


def test_a_hole_of_a_terabyte_is_skipped_and_what_is_behind_it_read(path: Path) -> None:
    path.write_text('{"a": 1}\n')
    os.truncate(path, 1 << 40)
    with path.open("a") as out:
        out.write('\n{"a": 2}\n')
    file = EventFile(str(path))

    found = file.drain()
    calls = 1
    while file.has_more:
        found += file.drain()
        calls += 1

    assert found == [(0, {"a": 1}), (2, {"a": 2})]
    assert file.bad_lines == [2]
    assert calls < 10


def test_a_line_without_end_does_not_fill_the_memory(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(regular_files, "LARGEST", 3 * LONGEST)
    monkeypatch.setattr(growing, "PIECE", LONGEST)
    path.write_bytes(b"a" * LONGEST * 20 + b'{"b": 1}\n{"a": 1}\n')
    file, most, found = EventFile(str(path)), 0, list[object]()

    while not found or file.has_more:
        found += file.drain()
        most = max(most, sum(map(len, file._begun)))

    assert found == [(1, {"a": 1})]
    assert file.bad_lines == [1]
    assert most <= 4 * LONGEST


def test_of_a_long_printed_line_the_end_is_shown(path: Path) -> None:
    path.write_bytes(b"a" * 3 * LONGEST + b"\rstep 2\n")
    file = PrintedLines(str(path))

    assert file.texts() == ["step 2"]

    path.write_bytes(b"b" * 3 * LONGEST + b"the end")
    assert file.texts() == []
    assert file.texts(ended=True)[0].endswith("bbb" + "the end")


def test_a_process_that_a_run_has_left_behind_is_not_read_for_ever(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growing, "PIECE", 8)
    path.write_text('{"a": 1}\n' * 10)
    file, found = EventFile(str(path)), list[object]()

    for _ in range(100):
        found += file.drain(ended=True)
        with path.open("a") as out:
            out.write('{"a": 2}\n' * 10)
        if not file.has_more:
            break

    assert found == [(number, {"a": 1}) for number in range(10)]
    assert file.drain(ended=True) == []
    path.write_text('{"a": 3}\n')
    assert file.drain(ended=True) == []


def test_a_file_that_shrinks_is_read_again(path: Path) -> None:
    path.write_text('{"a": 1}\n{"a": 1}\n')
    file = EventFile(str(path))
    file.drain()
    os.truncate(path, 9)

    assert file.drain() == [(2, {"a": 1})]
    assert file.restarts == 1
