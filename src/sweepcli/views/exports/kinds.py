"""The kind of each column of an export, so that every row of it has values of one type.

Readers guess a column's type from its first rows: polars and duckdb, which have seen 1 a hundred
times, refuse 0.5 or read it as 0. So whole numbers among others are written as floats, and values
that are too different as texts.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sweepcli.values import as_float
from sweepcli.views import render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import JSON

# Of columns.
WHOLE, UNSIGNED, NUMBER = "whole", "unsigned", "number"
TRUTH, TEXT = "truth", "text"
NUMBERS = {WHOLE, UNSIGNED, NUMBER}
LIST = "list of "  # before the kind of the elements, or nothing where none says it
# Of values: whole numbers that int64 alone, both or uint64 alone can hold; other than any of these.
NEGATIVE, SMALL, LARGE, OTHER = "negative", "small", "large", "other"
PLAIN = {str: TEXT, bool: TRUTH, float: NUMBER}


def of(value: JSON) -> str:
    """Return the kind of a value that is not None.

    A whole number beyond 64 bits counts as a float.
    """
    if type(value) is int:
        if is_in_64_bits(value):
            return NEGATIVE if value < 0 else SMALL if value < 2**63 else LARGE
        return NUMBER
    if isinstance(value, list):
        inner = {of(each) for each in value if each is not None}
        kind = together(inner) if inner else ""
        return OTHER if kind == TEXT and inner != {TEXT} else LIST + kind
    return PLAIN.get(type(value), OTHER)


def is_in_64_bits(value: int) -> bool:
    """Return whether int64 or uint64 can hold a whole number."""
    return -(2**63) <= value < 2**64


def together(kinds: set[str]) -> str:
    """Return the kind of a column with values of these kinds, of which there are some."""
    if kinds <= {NEGATIVE, SMALL}:
        return WHOLE
    if kinds <= {SMALL, LARGE}:
        return UNSIGNED
    if kinds <= {NEGATIVE, SMALL, LARGE, NUMBER}:
        return NUMBER
    if kinds == {TRUTH}:
        return TRUTH
    return _of_lists(kinds) if all(map(is_of_lists, kinds)) else TEXT


def is_of_lists(kind: str) -> bool:
    """Return whether a kind is one of lists."""
    return kind.startswith(LIST)


def _of_lists(kinds: set[str]) -> str:
    inner = {kind.removeprefix(LIST) for kind in kinds} - {""}
    if len(inner) <= 1:
        return LIST + "".join(inner)
    if inner <= NUMBERS:
        return LIST + NUMBER
    kind = _of_lists(inner) if all(map(is_of_lists, inner)) else TEXT
    return TEXT if kind == TEXT else LIST + kind


def fitted(value: JSON, kind: str) -> JSON:
    """Return a value of a column as its kind has it: a float among floats, a text among texts."""
    if value is None or kind in ("", WHOLE, UNSIGNED, TRUTH):
        return value
    if isinstance(value, list) and is_of_lists(kind):
        return [fitted(each, kind.removeprefix(LIST)) for each in value]
    return nearest(value) if kind == NUMBER else render.cell(value)


def nearest(value: float) -> float:
    """Return the float that is nearest to a number: beyond all of them an infinite one."""
    found = as_float(value)
    if found is None:
        return math.inf if value > 0 else -math.inf
    return found


def table(rows: Sequence[Sequence[JSON]]) -> list[list[JSON]]:
    """Return the rows of a table with the values of each column as its kind has them."""
    columns = [
        {of(value) for value in column if value is not None} for column in zip(*rows, strict=True)
    ]
    kinds = [together(found) if found else TEXT for found in columns]
    return [[fitted(value, kind) for value, kind in zip(row, kinds, strict=True)] for row in rows]
