from __future__ import annotations

from pathlib import Path

import pytest

from sweepcli.agents.options import AgentCall, AgentOptions
from sweepcli.cli.quick import plain_call
from sweepcli.runs.wandb_use import WandbUse
from sweepcli.stores import location
from sweepcli.stores.location import Location


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["a/b/c"], AgentOptions()),
        (["--count", "3", "a/b/c"], AgentOptions(run_limit=3)),
        (["a/b/c", "--count=3"], AgentOptions(run_limit=3)),
        (["-q", "a/b/c"], AgentOptions(is_quiet=True)),
        (["a/b/c", "-v"], AgentOptions(is_verbose=True)),
        (["--verbose", "a/b/c"], AgentOptions(is_verbose=True)),
        (["-j", "2", "--wait", "a/b/c"], AgentOptions(jobs=2, waits=True)),
        (
            ["--max-time=1h30m", "--wandb", "off", "a/b/c"],
            AgentOptions(max_time_s=5400.0, wandb=WandbUse.OFF),
        ),
        (["--gpus", "0,1", "a/b/c"], AgentOptions(gpus="0,1")),
        (["a/b/c", "--count", "12", "--quiet"], AgentOptions(run_limit=12, is_quiet=True)),
    ],
)
def test_a_plain_call_is_read_without_click(args: list[str], expected: AgentOptions) -> None:
    assert plain_call(args) == AgentCall(["a/b/c"], location.here(), expected)


def test_a_plain_call_finds_the_results_directory_above(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sweep-results").mkdir()
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")

    call = plain_call(["a/b/c"])

    assert call is not None
    assert call.location == Location(str(tmp_path / "sweep-results"), is_above=True)


@pytest.mark.parametrize(
    "args",
    [
        [],
        ["--help"],
        ["--version"],
        ["--count", "a/b/c"],
        ["--count", "0", "a/b/c"],
        ["--count", "", "a/b/c"],
        ["--count=-1", "a/b/c"],
        ["--count", "³", "a/b/c"],
        ["a/b/c", "--count"],
        ["--dir", "d", "a/b/c"],
        ["-p", "p", "a/b/c"],
        ["--", "a/b/c"],
        ["-j=2", "a/b/c"],
        ["--wait=1", "a/b/c"],
        ["--wandb", "no", "a/b/c"],
        ["--next", "a/b/c"],
        [""],
    ],
)
def test_every_other_call_is_left_to_click(args: list[str]) -> None:
    assert plain_call(args) is None
