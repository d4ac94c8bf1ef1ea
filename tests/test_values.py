from __future__ import annotations

from sweepcli.values import DEEPEST, leaf, leaves


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
