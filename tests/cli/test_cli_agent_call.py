from __future__ import annotations

import pytest

from sweepcli import env
from sweepcli.cli.agent_call import AgentCall, plain_call


@pytest.mark.parametrize(
    ("args", "run_limit", "is_quiet"),
    [
        (["a/b/c"], None, False),
        (["--count", "3", "a/b/c"], 3, False),
        (["a/b/c", "--count=3"], 3, False),
        (["-q", "a/b/c"], None, True),
        (["a/b/c", "--count", "12", "--quiet"], 12, True),
    ],
)
def test_a_plain_call_is_read_without_click(
    args: list[str], run_limit: int | None, *, is_quiet: bool
) -> None:
    expected = AgentCall(["a/b/c"], env.results_dir(), run_limit=run_limit, is_quiet=is_quiet)

    assert plain_call(args) == expected


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
        [""],
    ],
)
def test_every_other_call_is_left_to_click(args: list[str]) -> None:
    assert plain_call(args) is None
