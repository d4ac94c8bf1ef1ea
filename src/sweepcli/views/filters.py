"""Conditions on runs as people type them: `val_acc > 0.9 and state == 'finished'`. Pure.

Python's parser reads the text, and a table says what of its grammar means something here: nothing
of it is ever run. What a run lacks compares as false with everything; `x is None` asks for it.
"""

from __future__ import annotations

import ast
import itertools
import keyword
import re
from typing import TYPE_CHECKING

from sweepcli.errors import UsageError
from sweepcli.records import RunState
from sweepcli.views import columns, operators

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sweepcli.records import Run
    from sweepcli.views.columns import Names, Reader

LONGEST = 2_000  # characters
AROUND = 60  # characters on both sides of what is wrong that are shown
DEEPEST = 50  # levels of brackets and operators
# Text in quotes, or a name in backquotes, which may be no identifier.
_QUOTED = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`([^`]*)`""")
_OTHERS_WORDS = {"true": "True", "false": "False", "null": "None", "none": "None"}
_OTHERS_SIGNS = {"=": "==", "&&": "and", "||": "or", "!": "not"}


class BadFilter(UsageError):
    """A condition that cannot be read, with the place where it goes wrong."""

    def __init__(self, text: str, column: int, why: str) -> None:
        start = max(0, column - AROUND)
        shown = f"{'…' * (start > 0)}{text[start : column + AROUND]}"
        place = column - start + (start > 0)
        super().__init__(f"filter: {why}\n  {shown}\n  {' ' * place}^")


class Filter:
    """A condition that has been read; `names` are all it asks of a run."""

    def __init__(self, text: str) -> None:
        self.text = " ".join(text.split("\n")).strip()
        self._names: dict[str, int] = {}  # where each stands first
        self._backquoted: dict[int, str] = {}  # by the byte at which they begin
        self._tree = self._parsed()
        self._check(self._tree)

    @property
    def names(self) -> list[str]:
        """The names of a run's values that the condition asks for."""
        return list(self._names)

    def bound(self, names: Names) -> Callable[[Run], bool]:
        """Return the condition for runs with these names; raise BadFilter for an unknown one."""
        readers = {}
        for name, column in self._names.items():
            try:
                readers[name] = columns.reader(name, names)
            except columns.UnknownName:
                why = _in_quotes(name) or str(columns.UnknownName(name, names, spelled))
                raise BadFilter(self.text, column, why) from None
        made = self._made(self._tree, readers)
        return lambda run: bool(made(run))

    def _parsed(self) -> ast.expr:
        if not self.text:
            raise BadFilter("", 0, "it is empty; write a condition such as state == 'failed'")
        if len(self.text) > LONGEST:
            raise BadFilter(self.text, LONGEST, f"it has more than {LONGEST} characters")
        source = _QUOTED.sub(self._placeholder, self.text)
        try:
            return ast.parse(source, mode="eval").body
        except SyntaxError as error:
            # Python counts from 1; 0 is the end of the text, where more was to come.
            column = min(error.offset - 1, len(self.text)) if error.offset else len(self.text)
            raise BadFilter(self.text, column, self._why(column, error.msg)) from None
        except (ValueError, MemoryError, RecursionError):
            raise BadFilter(self.text, 0, "it cannot be read") from None

    def _placeholder(self, found: re.Match[str]) -> str:
        """Return an identifier that is as long as a name in backquotes, and remember the name."""
        if found[1] is None:
            return found[0]
        self._backquoted[len(self.text[: found.start()].encode())] = found[1]
        return "_" * len(found[0].encode())

    def _why(self, column: int, said: str) -> str:
        if column == len(self.text):
            return "something is missing at its end"
        around = self.text[max(0, column - 2) : column + 2]
        for sign, ours in _OTHERS_SIGNS.items():
            if sign in re.sub(r"[=!<>]=", "", around):
                return f"{sign!r} is written {ours!r} here"
        if not said.startswith("invalid syntax"):
            return said.partition(" (")[0]  # a bracket or a quote that is not closed
        return "this cannot be read; a name with other signs than a_b.c stands in backquotes: `a/b`"

    def _column(self, node: ast.AST) -> int:
        offset: int = getattr(node, "col_offset", 0)
        # Bytes of the source, which has as many of them before each place as the text has.
        return len(self.text.encode()[:offset].decode(errors="ignore"))

    def _refused(self, node: ast.AST, why: str) -> BadFilter:
        return BadFilter(self.text, self._column(node), why)

    def _check(self, node: ast.expr, depth: int = 0) -> None:
        """Raise BadFilter for what means nothing here, and gather the names."""
        if depth > DEEPEST:
            raise self._refused(node, f"it is nested more than {DEEPEST} deep")
        if isinstance(node, ast.Name | ast.Attribute):
            self._names.setdefault(self._name(node), self._column(node))
            return
        for inner in self._parts(node):
            self._check(inner, depth + 1)

    def _parts(self, node: ast.expr) -> Iterator[ast.expr]:
        match node:
            case ast.Constant(value=int() | float() | str() | None):
                return
            case ast.BoolOp(values=values):
                yield from values
            case ast.UnaryOp(op=op, operand=operand) if type(op) in operators.UNARY:
                yield operand
            case ast.BinOp(left=left, op=op, right=right) if type(op) in operators.ARITHMETIC:
                yield from (left, right)
            case ast.Compare(left=left, ops=ops, comparators=others):
                self._check_comparison(node, ops, others)
                yield from (left, *others)
            case ast.List(elts=values) | ast.Tuple(elts=values):
                yield from values
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                if name not in operators.FUNCTIONS:
                    known = ", ".join(operators.FUNCTIONS)
                    raise self._refused(node, f"there is no function {name!r}, but {known}")
                yield from args
            case _:
                raise self._refused(node, "this means nothing in a condition")

    def _check_comparison(
        self, node: ast.Compare, ops: list[ast.cmpop], others: list[ast.expr]
    ) -> None:
        for op, other in zip(ops, others, strict=True):
            is_none = isinstance(other, ast.Constant) and other.value is None
            if isinstance(op, ast.Is | ast.IsNot) and not is_none:
                raise self._refused(node, "`is` is for None alone; equal values are found by ==")

    def _name(self, node: ast.expr) -> str:
        if isinstance(node, ast.Attribute):
            return f"{self._name(node.value)}.{node.attr}"
        if isinstance(node, ast.Name):
            return self._backquoted.get(node.col_offset, node.id)
        raise self._refused(node, "a dot stands between the parts of a name alone")

    def _made(self, node: ast.expr, readers: Mapping[str, Reader]) -> Reader:
        """Return a node as a function of a run."""
        if isinstance(node, ast.Name | ast.Attribute):
            return readers[self._name(node)]
        if isinstance(node, ast.Constant):
            value = node.value
            return lambda _: value
        return _joined(node, [self._made(part, readers) for part in self._parts(node)])


def _joined(node: ast.expr, parts: Sequence[Reader]) -> Reader:
    """Return what a node makes of its parts."""
    match node:
        case ast.BoolOp(op=op):
            joined = all if isinstance(op, ast.And) else any
            return lambda run: joined(part(run) for part in parts)
        case ast.UnaryOp(op=op):
            change = operators.UNARY[type(op)]
            return lambda run: change(parts[0](run))
        case ast.BinOp(op=op):
            make = operators.ARITHMETIC[type(op)]
            return lambda run: operators.made(make, parts[0](run), parts[1](run))
        case ast.Compare():
            return _comparison(node, parts)
        case ast.Call(func=ast.Name(id=name)):
            return lambda run: operators.called(name, [part(run) for part in parts])
    return lambda run: [part(run) for part in parts]  # a list or a tuple


def _comparison(node: ast.Compare, parts: Sequence[Reader]) -> Reader:
    """Return a comparison, which may be a chain: each sign with what stands on both sides."""
    nodes = [node.left, *node.comparators]
    asks = [_is_none(one) or _is_none(other) for one, other in itertools.pairwise(nodes)]
    signs = [(type(op), for_none) for op, for_none in zip(node.ops, asks, strict=True)]

    def holds(run: Run) -> bool:
        pairs = itertools.pairwise([part(run) for part in parts])
        return all(
            operators.holds(sign, *pair, asks_for_none=for_none)
            for (sign, for_none), pair in zip(signs, pairs, strict=True)
        )

    return holds


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def spelled(name: str) -> str:
    """Return a name as a condition has it: in backquotes if it is none to Python."""
    parts = name.split(".")
    is_plain = all(part.isidentifier() and not keyword.iskeyword(part) for part in parts)
    return name if is_plain else f"`{name}`"


def _in_quotes(name: str) -> str | None:
    """Return what to write instead of a word that another language, or nobody, would take."""
    if name in _OTHERS_WORDS:
        return f"{name} is written {_OTHERS_WORDS[name]} here"
    return f"text stands in quotes: {name!r}" if name in set(RunState) else None
