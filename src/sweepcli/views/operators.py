"""What the signs and functions of a condition do with values that may be of any kind, or missing.

Nothing raises: what cannot be computed is None, and what cannot be compared is false. Pure.
"""

from __future__ import annotations

import ast
import math
import operator
from typing import TYPE_CHECKING

from sweepcli.records import JSON

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Value = JSON

LARGEST = 1e300  # whole numbers beyond it would grow without end
COMPARISONS: dict[type[ast.cmpop], Callable[[Value, Value], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda one, many: one in many,
    ast.NotIn: lambda one, many: one not in many,
    ast.Is: operator.eq,
    ast.IsNot: operator.ne,
}


def _power(base: float, exponent: float) -> float | None:
    found = float(base) ** float(exponent)  # floats: 9**9**9 is an overflow and no long wait
    return found if isinstance(found, float) else None  # the root of a negative number


ARITHMETIC: dict[type[ast.operator], Callable[[float, float], float | None]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: _power,
}
UNARY: dict[type[ast.unaryop], Callable[[Value], Value]] = {
    ast.Not: operator.not_,
    ast.USub: lambda value: -value if _is_number(value) else None,
    ast.UAdd: lambda value: value if _is_number(value) else None,
}
FUNCTIONS: dict[str, Callable[..., float]] = {
    "abs": abs,
    "min": min,
    "max": max,
    "log10": math.log10,
    "len": len,
}


def made(make: Callable[[float, float], float | None], left: Value, right: Value) -> Value:
    """Return what an arithmetic sign makes of two numbers; None of anything else."""
    if not (_is_number(left) and _is_number(right)):
        return None
    try:
        found = make(left, right)
        return found if found is None or not abs(found) > LARGEST else None
    except (ArithmeticError, ValueError):
        return None


def called(name: str, values: Sequence[Value]) -> Value:
    """Return what a function makes of values; None where it can make nothing of them."""
    if any(value is None for value in values):
        return None
    try:
        return FUNCTIONS[name](*values)
    except (ArithmeticError, ValueError, TypeError):
        return None


def holds(sign: type[ast.cmpop], left: Value, right: Value, *, asks_for_none: bool = False) -> bool:
    """Return whether a comparison is true; what is missing makes it false unless asked for."""
    if not asks_for_none and (left is None or right is None):
        return False
    try:
        return bool(COMPARISONS[sign](left, right))
    except TypeError:
        return False


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float)
