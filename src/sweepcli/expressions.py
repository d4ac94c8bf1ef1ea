"""Expressions as people type them: `val_acc > 0.9 and state == 'finished'`. Pure.

Python's parser reads the text, and the tables below say which of its grammar an expression may
use; no text is ever executed. An evaluation never raises: what is missing or cannot be computed is
None, and a comparison with None is false unless it asks for None. The caller says what a name is.
"""

from __future__ import annotations

import ast
import itertools
import keyword
import math
import operator
import re
from typing import TYPE_CHECKING, TypeVar

from sweepcli.errors import SweepError, UsageError
from sweepcli.printed import escaped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sweepcli.records import JSON

    Sign = tuple[type[ast.cmpop], bool]  # and whether it asks for None
    Evaluate = Callable[[Callable[[str], JSON]], JSON]  # from the value of each name

T = TypeVar("T")

LONGEST = 2_000  # characters
AROUND = 60  # characters before and after an error that a message shows
DEEPEST = 50  # levels of brackets and operators
LARGEST = 1e300  # whole numbers beyond it would grow without end
COMPARISONS: dict[type[ast.cmpop], Callable[[JSON, JSON], bool]] = {
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
    found = float(base) ** float(exponent)  # floats: 9**9**9 overflows instead of taking ages
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
UNARY: dict[type[ast.unaryop], Callable[[JSON], JSON]] = {
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
# Text in quotes, or a name in backquotes, which need not be an identifier.
_QUOTED = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`([^`]*)`""")
_SURROGATE = re.compile("[\ud800-\udfff]")
_OTHERS_WORDS = {"true": "True", "false": "False", "null": "None", "none": "None"}
_OTHERS_SIGNS = {"=": "==", "&&": "and", "||": "or", "!": "not"}


class BadExpression(UsageError):
    """An expression that cannot be read: why, and the column (from 0) of the error."""

    def __init__(self, noun: str, text: str, column: int, why: str) -> None:
        self.column, self.why = column, why
        start = max(0, column - AROUND)
        before = "…" * (start > 0) + escaped(text[start:column])
        after = escaped(text[column : column + AROUND])
        super().__init__(f"{noun}: {why}\n  {before}{after}\n  {' ' * len(before)}^")


class Expression:
    """An expression that has been read and checked; `noun` is what messages call it.

    `columns` has the names that it uses, each with the column where it is first used.
    """

    def __init__(self, text: str, noun: str = "expression") -> None:
        self.text = " ".join(text.split("\n")).strip()
        self.columns: dict[str, int] = {}
        self._noun = noun
        self._backquoted: dict[int, str] = {}  # by the byte at which they begin
        self._evaluate = self._read(self._parsed())

    def bound(self, reader: Callable[[str], Callable[[T], JSON]]) -> Callable[[T], JSON]:
        """Return the expression as a function of what its names are read from.

        `reader` returns what reads a name; where it raises a SweepError, this raises BadExpression.
        """
        readers: dict[str, Callable[[T], JSON]] = {}
        for name, column in self.columns.items():
            try:
                readers[name] = reader(name)
            except SweepError as error:
                ours = _OTHERS_WORDS.get(name)
                why = f"{name} is written {ours} here" if ours else str(error)
                raise self._error(column, why) from None
        return lambda source: self._evaluate(lambda name: readers[name](source))

    def _parsed(self) -> ast.expr:
        if not self.text:
            raise self._error(0, "it is empty; write a condition such as state == 'failed'")
        if len(self.text) > LONGEST:
            raise self._error(LONGEST, f"it has more than {LONGEST} characters")
        if no_text := _SURROGATE.search(self.text):
            raise self._error(no_text.start(), "this is no text: bytes that are not UTF-8")
        source = _QUOTED.sub(self._placeholder, self.text)
        try:
            return ast.parse(source, mode="eval").body
        except SyntaxError as error:
            # Python counts from 1; 0 is the end of the text, where more was to come.
            column = min(error.offset - 1, len(self.text)) if error.offset else len(self.text)
            raise self._error(column, self._why(column, error.msg)) from None
        except (ValueError, MemoryError, RecursionError):
            raise self._error(0, "it cannot be read") from None

    def _placeholder(self, found: re.Match[str]) -> str:
        """Return an identifier that is as long as a name in backquotes, and remember the name."""
        if found[1] is None:
            return found[0]
        self._backquoted[len(self.text[: found.start()].encode())] = found[1]
        return "_" * len(found[0].encode())

    def _why(self, column: int, said: str) -> str:
        if column == len(self.text):
            return "something is missing at the end"
        around = self.text[max(0, column - 2) : column + 2]
        for sign, ours in _OTHERS_SIGNS.items():
            if sign in re.sub(r"[=!<>]=", "", around):
                return f"{sign!r} is written {ours!r} here"
        if not said.startswith("invalid syntax"):
            return said.partition(" (")[0]  # a bracket or a quote that is not closed
        return "this cannot be read; a name that is not like a_b.c needs backquotes: `a/b`"

    def _error(self, column: int, why: str) -> BadExpression:
        return BadExpression(self._noun, self.text, column, why)

    def _error_at(self, node: ast.expr, why: str) -> BadExpression:
        return self._error(self._column(node), why)

    def _column(self, node: ast.expr) -> int:
        # Bytes of the source, which has as many of them before each place as the text has.
        return len(self.text.encode()[: node.col_offset].decode(errors="ignore"))

    def _read(self, node: ast.expr, depth: int = 0) -> Evaluate:
        """Return a node as a function; raise BadExpression for what is not in the tables."""
        if depth > DEEPEST:
            raise self._error_at(node, f"it is nested more than {DEEPEST} deep")
        if isinstance(node, ast.Name | ast.Attribute):
            name = self._name(node)
            self.columns.setdefault(name, self._column(node))
            return lambda value_of: value_of(name)
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float | str | None):
            value = node.value
            return lambda _: value
        nodes, make = self._operation(node)
        parts = [self._read(each, depth + 1) for each in nodes]
        return lambda value_of: make(part(value_of) for part in parts)

    def _operation(
        self, node: ast.expr
    ) -> tuple[Sequence[ast.expr], Callable[[Iterable[JSON]], JSON]]:
        """Return the parts of a node, and what it makes of their values."""
        match node:
            case ast.BoolOp(op=op, values=nodes):
                return nodes, all if isinstance(op, ast.And) else any
            case ast.UnaryOp(op=sign, operand=operand) if change := UNARY.get(type(sign)):
                return [operand], lambda values: change(*values)
            case ast.BinOp(left=one, op=op, right=other) if make := ARITHMETIC.get(type(op)):
                return [one, other], lambda values: _computed(make, *values)
            case ast.List(elts=nodes) | ast.Tuple(elts=nodes):
                return nodes, list
            case ast.Compare(left=one, comparators=others):
                signs = list(self._signs(node))
                return [one, *others], lambda values: _holds(signs, values)
            case ast.Call(func=ast.Name(id=name), args=nodes, keywords=[]):
                if call := FUNCTIONS.get(name):
                    return nodes, lambda values: _called(call, list(values))
                known = ", ".join(FUNCTIONS)
                raise self._error_at(node, f"there is no function {name!r}; there are {known}")
        raise self._error_at(node, "this is not allowed here")

    def _signs(self, node: ast.Compare) -> Iterator[Sign]:
        """Yield the signs of a comparison, which may be a chain."""
        pairs = itertools.pairwise([node.left, *node.comparators])
        for op, (one, other) in zip(node.ops, pairs, strict=True):
            if isinstance(op, ast.Is | ast.IsNot) and not _is_none(other):
                raise self._error_at(node, "`is` compares with None alone; use == for equal values")
            yield type(op), _is_none(one) or _is_none(other)

    def _name(self, node: ast.expr) -> str:
        if isinstance(node, ast.Attribute):
            begins = (node.end_col_offset or 0) - len(node.attr.encode())
            return f"{self._name(node.value)}.{self._backquoted.get(begins, node.attr)}"
        if isinstance(node, ast.Name):
            return self._backquoted.get(node.col_offset, node.id)
        raise self._error_at(node, "only the parts of a name are joined with a dot")


def spelled(name: str) -> str:
    """Return a name as an expression has it: in backquotes if Python would not read it as one."""
    parts = name.split(".")
    is_plain = all(part.isidentifier() and not keyword.iskeyword(part) for part in parts)
    return name if is_plain else f"`{name}`"


def compared(
    sign: type[ast.cmpop], left: JSON, right: JSON, *, asks_for_none: bool = False
) -> bool:
    """Return whether a comparison of any two values is true."""
    if not asks_for_none and (left is None or right is None):
        return False
    try:
        return bool(COMPARISONS[sign](left, right))
    except TypeError:  # kinds that cannot be compared
        return False


def _holds(signs: Sequence[Sign], values: Iterable[JSON]) -> bool:
    return all(
        compared(sign, *pair, asks_for_none=asks_for_none)
        for (sign, asks_for_none), pair in zip(signs, itertools.pairwise(values), strict=True)
    )


def _computed(make: Callable[[float, float], float | None], left: JSON, right: JSON) -> JSON:
    if not (_is_number(left) and _is_number(right)):
        return None
    try:
        found = make(left, right)
        return found if found is None or not abs(found) > LARGEST else None
    except (ArithmeticError, ValueError):
        return None


def _called(call: Callable[..., JSON], values: Sequence[JSON]) -> JSON:
    if any(value is None for value in values):
        return None
    try:
        return call(*values)
    except (ArithmeticError, ValueError, TypeError):
        return None


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_number(value: JSON) -> bool:
    return isinstance(value, int | float)
