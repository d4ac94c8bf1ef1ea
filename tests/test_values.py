from __future__ import annotations

from sweepcli import values as dotted


def test_leaves_have_dotted_names() -> None:
    values = {"a": {"b": 1, "c": {"d": 2}}, "e": {}, "f.g": [3]}

    assert dict(dotted.leaves(values)) == {"a.b": 1, "a.c.d": 2, "e": {}, "f.g": [3]}


def test_what_is_nested_too_deep_for_a_name_is_a_leaf() -> None:
    deep: dict[str, object] = {"x": 1}
    for _ in range(100_000):
        deep = {"x": deep}

    [(name, value)] = dotted.leaves(deep)

    assert name == ".".join("x" * (dotted.DEEPEST + 1))
    assert isinstance(value, dict)
    while deep:  # taken apart from outside: freeing it whole would overrun the stack of old Pythons
        deep = inner if isinstance(inner := deep.popitem()[1], dict) else {}
