from __future__ import annotations

import pytest

from sweepcli.values import DEEPEST, duration_s, leaf, leaves


def test_leaves_have_dotted_names() -> None:
    values = {"a": {"b": 1, "c": {"d": 2}}, "e": {}, "f.g": [3]}
    assert dict(leaves(values)) == {"a.b": 1, "a.c.d": 2, "e": {}, "f.g": [3]}


def test_a_leaf_is_found_by_its_dotted_name() -> None:
    values = {"val": {"loss": 0.5, "acc": None}, "a.b": 1, "c": {"": 2}}
    names = ("val.loss", "val.acc", "a.b", "val", "c", "nope")
    assert [leaf(values, name) for name in names] == [0.5, None, 1, None, None, None]


def test_what_is_nested_too_deep_for_a_name_is_a_leaf() -> None:
    deep: dict[str, object] = {"x": 1}
    for _ in range(100_000):
        deep = {"x": deep}

    [(name, value)] = leaves(deep)

    assert name == ".".join("x" * (DEEPEST + 1))
    assert isinstance(value, dict)
    while deep:  # taken apart from outside: freeing it whole would overrun the stack of old Pythons
        deep = inner if isinstance(inner := deep.popitem()[1], dict) else {}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        *((90, 90.0), (0.5, 0.5), (1e-05, 1e-05), ("90", 90.0), ("1.5", 1.5), ("45s", 45.0)),
        *(("15m", 900.0), ("90 m", 5400.0), ("1h30m", 5400.0), (" 1h  30m ", 5400.0)),
        *(("1.5H", 5400.0), ("2d", 172_800.0)),
    ],
)
def test_a_duration_is_read_in_seconds(text: str | float, seconds: float) -> None:
    assert duration_s(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        *("", "0", 0, "-5", -5, "0s", "soon", "5x", "m", "1h5", "5 5m5", "inf", "nan", True),
        *("1e999", "1 0", "1 0s", "1_000", "٣", "9" * 400 + "d", "1:30"),
    ],
)
def test_anything_else_is_refused_with_what_to_write(text: str | float) -> None:
    with pytest.raises(ValueError, match="45s, 90m, 1h30m or 2d"):
        duration_s(text)
