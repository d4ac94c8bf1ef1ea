from __future__ import annotations

import pytest

from sweepcli.cli.agent_call import AgentCall, plain_call
from sweepcli.stores import location
from sweepcli.stores.location import Location

PLAIN = AgentCall(["a/b/c"], Location(""))


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["a/b/c"], PLAIN),
        (["--count", "3", "a/b/c"], PLAIN._replace(run_limit=3)),
        (["a/b/c", "--count=3"], PLAIN._replace(run_limit=3)),
        (["-q", "a/b/c"], PLAIN._replace(is_quiet=True)),
        (["a/b/c", "-v"], PLAIN._replace(is_verbose=True)),
        (["--verbose", "a/b/c"], PLAIN._replace(is_verbose=True)),
        (["a/b/c", "--count", "12", "--quiet"], PLAIN._replace(run_limit=12, is_quiet=True)),
    ],
)
def test_a_plain_call_is_read_without_click(args: list[str], expected: AgentCall) -> None:
    assert plain_call(args) == expected._replace(location=location.here())


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
