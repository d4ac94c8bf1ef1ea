from __future__ import annotations

import json
import os
import resource
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from irregular import KINDS, put
from sweepcli.errors import StoreUnavailable
from sweepcli.records import JSON
from sweepcli.runs.metrics.events import Transcript


@dataclass
class Given:
    """A source that tells what it is given."""

    events: list[dict[str, JSON]] = field(default_factory=list)
    has_more: bool = False
    channel: str | None = None

    def drain(self, *, ended: bool = False) -> list[tuple[str, dict[str, JSON]]]:
        del ended
        told, self.events = self.events, []
        return [("given", event) for event in told]

    def complaints(self) -> list[str]:
        return []


def lines(path: Path) -> list[dict[str, JSON]]:
    return [json.loads(line) for line in path.read_text().splitlines() if line]


def test_events_are_appended_behind_those_of_the_program(tmp_path: Path) -> None:
    path, source = tmp_path / "events.jsonl", Given([{"a": 1}])
    path.write_text('{"own": 1}\n')
    transcript = Transcript(str(path), [source])

    transcript.copy()
    source.events.append({"a": 2})
    transcript.copy()
    transcript.copy(ended=True)

    assert lines(path) == [
        {"own": 1},
        {"a": 1, "_origin": "given"},
        {"a": 2, "_origin": "given"},
    ]


def test_a_line_that_was_cut_off_does_not_swallow_the_next(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{"own": ')

    Transcript(str(path), [Given([{"a": 1}])]).copy()

    assert path.read_bytes().splitlines()[1:] == [b'{"a": 1, "_origin": "given"}']


def test_alike_events_are_told_apart_by_their_number(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    Transcript(str(path), [Given([{"a": 1}] * 2)]).copy()

    Transcript(str(path), [Given([{"a": 1}] * 3)], goes_on=True).copy()

    assert lines(path) == [{"a": 1, "_origin": "given"}] * 3


def test_what_cannot_be_written_for_now_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    transcript = Transcript(str(path), [Given([{"a": 1}])])
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    with open(os.devnull, encoding="ascii") as file:
        lowest = file.fileno()
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, limits[1]))
    try:
        with pytest.raises(StoreUnavailable, match="Too many open files"):
            transcript.copy()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)

    transcript.copy()

    assert lines(path) == [{"a": 1, "_origin": "given"}]
    assert transcript.complaints() == []


@pytest.mark.parametrize("kind", [*KINDS, "nothing"])
def test_what_will_never_be_written_is_told_and_waited_for_by_nobody(
    kind: str, tmp_path: Path
) -> None:
    path = tmp_path / "folder" / "events.jsonl"
    if kind != "nothing":
        path.parent.mkdir()
        put(kind, path)
    transcript = Transcript(str(path), [Given([{"a": 1}])])

    transcript.copy()

    what = "cannot be opened: No such file or directory" if kind == "nothing" else f"is {kind}"
    assert transcript.complaints() == [f"{path} {what}; metrics of the run could not be kept"]


def test_a_full_disk_costs_no_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, source = tmp_path / "events.jsonl", Given([{"a": n} for n in range(3)])
    transcript = Transcript(str(path), [source])
    real = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: real(fd, data[:40]))
    with pytest.raises(StoreUnavailable, match="only a part"):
        transcript.copy()
    monkeypatch.undo()
    transcript.copy()

    whole = [line for line in path.read_bytes().splitlines() if line.endswith(b"}")]
    assert [json.loads(line)["a"] for line in whole] == [0, 1, 2]
