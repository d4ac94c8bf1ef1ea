"""Command lines that W&B's agent really passed, kept beside the repository if at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sweepcli.sweep_config import command

if TYPE_CHECKING:
    from sweepcli.records import Params

RECORDED = Path(__file__).parents[3] / "shared" / "corpus" / "command_lines.jsonl"


@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded command lines are not here")
def test_every_recorded_command_line_comes_out_the_same() -> None:
    pairs = [json.loads(line) for line in RECORDED.read_text("utf-8").splitlines()]

    wrong = [
        pair for pair in pairs if arguments_of(dict(sorted(pair["config"].items()))) != pair["args"]
    ]

    assert len(pairs) >= 900
    assert wrong == []


def arguments_of(params: Params) -> list[str]:
    return command.argv(["${args}"], params, program=None, interpreter="", environ={}, own={})
