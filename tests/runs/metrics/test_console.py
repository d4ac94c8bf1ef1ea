from __future__ import annotations

from pathlib import Path

from sweepcli.records import JSON
from sweepcli.runs.metrics import Reading
from sweepcli.runs.metrics.console import Console


def rows(tmp_path: Path, text: str, *patterns: str) -> list[dict[str, JSON]]:
    path = tmp_path / "output.log"
    path.write_text(text)
    console = Console(patterns, Reading("r1", str(tmp_path), 0.0, goes_on=False, open_files=tuple))
    return [row for _, row in console.drain(ended=True)]


def test_each_line_that_matches_is_a_row(tmp_path: Path) -> None:
    text = "start\nepoch 1: val_acc: 0.5\nnoise\nepoch 2: val_acc: 0.75\n"

    assert rows(tmp_path, text, "epoch {epoch}: val_acc: {val_acc}") == [
        {"epoch": 1, "val_acc": 0.5},
        {"epoch": 2, "val_acc": 0.75},
    ]


def test_several_patterns_may_match_one_line(tmp_path: Path) -> None:
    assert rows(tmp_path, "loss=1.5 acc=0.1\nacc=0.2", "loss={loss}", "acc={acc}") == [
        {"loss": 1.5, "acc": 0.1},
        {"acc": 0.2},
    ]


def test_a_progress_bar_is_read_as_it_is_seen_last(tmp_path: Path) -> None:
    text = "\r10% loss: 9\r50% loss: 5\r\x1b[32m100% loss: 1\x1b[0m\r\nloss: 0"
    assert rows(tmp_path, text, "loss: {loss}") == [{"loss": 1}, {"loss": 0}]


def test_a_run_without_a_match_is_told_of(tmp_path: Path) -> None:
    console = Console(
        ["loss: {loss}"], Reading("r1", str(tmp_path), 0.0, goes_on=False, open_files=tuple)
    )

    assert console.drain(ended=True) == []
    [text] = console.complaints()
    assert text == "metrics_from: no line that the run printed matches 'loss: {loss}'"
