from __future__ import annotations

import pytest

from sweepcli.errors import UsageError
from sweepcli.sweeps.path import SweepPath, parse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("abc", SweepPath("abc")),
        ("p/abc", SweepPath("abc", "p")),
        ("e/p/abc", SweepPath("abc", "p", "e")),
        ("  e/p with space/abc\n", SweepPath("abc", "p with space", "e")),
        ("/abc", SweepPath("abc")),
        ("//abc", SweepPath("abc")),
        ("e//abc", SweepPath("abc", None, "e")),
    ],
)
def test_a_sweep_is_named_by_one_to_three_parts(text: str, expected: SweepPath) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize("text", ["", "  ", "e/p/", "/", "a/b/c/d", "///abc"])
def test_anything_else_is_told_with_what_was_given(text: str) -> None:
    with pytest.raises(UsageError, match="entity/project/sweep; got") as error:
        parse(text)

    assert repr(text) in str(error.value)
    assert error.value.exit_code == 2
