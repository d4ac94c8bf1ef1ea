"""Nested values under dotted names, as people and W&B name them. Leaf module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DEEPEST = 20  # Python's stack would not bear all the nesting that JSON may have


def leaves(values: Mapping[str, Any], *names: str) -> Iterator[tuple[str, Any]]:
    """Yield each leaf of a nested mapping with its dotted name.

    An empty mapping is a leaf, and so is one that is nested deeper than any name would be.
    """
    for key, value in values.items():
        if isinstance(value, dict) and value and len(names) < DEEPEST:
            yield from leaves(value, *names, key)
        else:
            yield ".".join((*names, key)), value
