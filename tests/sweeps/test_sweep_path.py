from __future__ import annotations

import pytest

from support import a_sweep
from sweepcli.errors import UnknownSweep, UsageError
from sweepcli.stores import Store
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


@pytest.mark.parametrize("text", ["e/p/", "/", "a/b/c/d", "///abc"])
def test_anything_else_is_told_with_what_was_given(text: str) -> None:
    with pytest.raises(UsageError, match="entity/project/sweep; got") as error:
        parse(text)

    assert repr(text) in str(error.value)
    assert error.value.exit_code == 2


@pytest.mark.parametrize("path", ["s1", "things/s1", "someone/things/s1", "someone//s1"])
def test_a_sweep_is_found_by_as_much_as_is_given(store: Store, path: str) -> None:
    assert parse(path).find_in(store) == a_sweep()


def test_a_sweep_of_another_place_is_unknown_and_the_right_path_told(store: Store) -> None:
    with pytest.raises(UnknownSweep, match="did you mean someone/things/s1"):
        parse("q/s1").find_in(store)
    with pytest.raises(UnknownSweep, match="did you mean someone/things/s1"):
        parse("s1").find_in(store, entity="x")
    with pytest.raises(UnknownSweep):
        parse("nope").find_in(store)

    assert parse("someone/things/s1").find_in(store, entity="x", project="y") == a_sweep()
