"""Real configs and command lines, kept beside the repository if at all: we do as W&B does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from sweepcli.errors import ConfigError
from sweepcli.sweep_config import command, load

CORPUS = Path(__file__).resolve().parents[2].parent / "shared" / "corpus"
INDEX = CORPUS / "index.jsonl"
COMMAND_LINES = CORPUS / "command_lines.jsonl"

# W&B's client refuses bounds such as `min: 1e-5` without a distribution. Here they are numbers.
INTENDED = {
    "TaylorT1997__multi-level-optimisation/src__sweep.yaml@eb565da4.yaml",
    "carloalbertobarbano__cancer-instance/sweeps__sweep.yaml",
    "edramos-lab__CustomImageClassification/conf.yaml",
}
# Its goal is "hello world…", which W&B takes for minimize, with a warning. Here it is an error.
NO_GOAL = "spokenlanguage__platalea/wandb_sweep.yaml"


def verdicts() -> list[tuple[str, str]]:
    if not INDEX.exists():
        return []
    rows = [json.loads(line) for line in INDEX.read_text("utf-8").splitlines()]
    return [(row["file"], row["cloud_verdict"]) for row in rows]


@pytest.mark.skipif(not INDEX.exists(), reason="the corpus of real configs is not on this machine")
@pytest.mark.parametrize(("file", "verdict"), verdicts())
def test_a_real_config_is_judged_as_wandb_judges_it(file: str, verdict: str) -> None:
    text = (CORPUS / "configs" / file).read_bytes()

    if (verdict in {"clean", "warns"} and file != NO_GOAL) or file in INTENDED:
        loaded = load.load(text, "s.yaml")
        assert loaded.warnings or verdict == "clean"
        assert load.load_mapping(loaded.raw).raw == loaded.raw
        return
    with pytest.raises(ConfigError) as caught:
        load.load(text, "s.yaml")
    assert all(re.match(r"s\.yaml:\d+:\d+: ", line) for line in str(caught.value).split("\n"))


@pytest.mark.skipif(not INDEX.exists(), reason="the corpus of real configs is not on this machine")
def test_the_intended_differences_are_all_real() -> None:
    intended = {**dict.fromkeys(INTENDED, "client-refuses"), NO_GOAL: "warns"}
    assert dict(verdicts()).items() >= intended.items()


@pytest.mark.skipif(not INDEX.exists(), reason="the corpus of real configs is not on this machine")
def test_a_goal_that_is_neither_is_refused_and_not_taken_for_minimize() -> None:
    words = r'metric\.goal: "hello world .*" is not one of minimize, maximize'
    with pytest.raises(ConfigError, match=words):
        load.load((CORPUS / "configs" / NO_GOAL).read_bytes(), "s.yaml")


@pytest.mark.skipif(not COMMAND_LINES.exists(), reason="the recorded command lines are not here")
def test_every_recorded_command_line_comes_out_the_same() -> None:
    pairs = [json.loads(line) for line in COMMAND_LINES.read_text("utf-8").splitlines()]

    made = [
        command.argv(
            ["${args}"],
            dict(sorted(pair["config"].items())),
            program=None,
            interpreter="",
            environ={},
            own={},
        )
        for pair in pairs
    ]

    assert len(pairs) >= 900
    assert made == [pair["args"] for pair in pairs]
