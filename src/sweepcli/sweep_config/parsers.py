"""Which parser reads a Python program's arguments, by its text, and which form suits it. Pure.

What counts is what the program itself imports and uses as its parser: `import hydra` for
`instantiate` is none. With two of them, or none, nothing is known.
"""

from __future__ import annotations

import ast
import warnings
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sweepcli.records import JSON

    Pairs = Iterable[tuple[str, JSON]]  # names of parameters, each with a value

SWITCHES = "args_no_boolean_flags"  # the macro for options that can only be turned on


class Parser(NamedTuple):
    """A parser of command lines."""

    name: str  # as people call it
    style: str | None  # the `args_style` that writes what it reads
    refused: tuple[type, ...] = ()  # types of values that it does not read in W&B's form


class Kind(StrEnum):
    """What an option takes."""

    SWITCH = "switch"  # nothing: it is there or not
    BOTH = "both"  # nothing: it is `--x` or `--no-x`
    LIST = "list"
    VALUE = "value"


class Read(NamedTuple):
    """What a program's text says of its arguments."""

    parser: Parser
    options: Mapping[str, Kind]  # that are written out in it


_NULL, _ANY = type(None), object
HYDRA = Parser("Hydra", "hydra", (_ANY,))
LIGHTNING = Parser("LightningCLI", "jsonargparse", (_NULL, dict))
JSONARGPARSE = LIGHTNING._replace(name="jsonargparse")
ABSL = Parser("absl", "absl", (_NULL, list, dict))
CLICK = Parser("click", "click", (_NULL, bool, list, dict))
TYPER = CLICK._replace(name="typer")
TYRO = Parser("tyro", "tyro", (bool, list, dict))
FIRE = Parser("fire", None)
ARGPARSE = Parser("argparse", "argparse", (bool, list))
_ALIKE = Parser("a parser like argparse", None)

# What a program calls, decorates with, or derives a class from, by its full name.
_USES: dict[str, Parser] = {
    "hydra.main": HYDRA,
    "lightning.pytorch.cli.LightningCLI": LIGHTNING,
    "pytorch_lightning.cli.LightningCLI": LIGHTNING,
    "pytorch_lightning.utilities.cli.LightningCLI": LIGHTNING,
    **{f"jsonargparse.{name}": JSONARGPARSE for name in ("ArgumentParser", "CLI", "auto_cli")},
    "absl.app.run": ABSL,
    "typer.Typer": TYPER,
    "typer.run": TYPER,
    **{f"click.{name}": CLICK for name in ("command", "group", "Command", "Group")},
    "tyro.cli": TYRO,
    "tyro.extras.overridable_config_cli": TYRO,
    "tyro.extras.subcommand_cli_from_dict": TYRO,
    "fire.Fire": FIRE,
    "argparse.ArgumentParser": ARGPARSE,
    "simple_parsing.ArgumentParser": _ALIKE,
    "simple_parsing.parse": _ALIKE,
    "tap.Tap": _ALIKE,
    "transformers.HfArgumentParser": _ALIKE,
}
_PACKAGES = tuple({name.partition(".")[0].encode() for name in _USES})
_ACTIONS = {"store_true": Kind.SWITCH, "BooleanOptionalAction": Kind.BOTH, "append": Kind.LIST}


def read(source: bytes) -> Read | None:
    """Return the parser that a program uses, None if that is not sure."""
    if not any(name in source for name in _PACKAGES):  # to read it all takes longer
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the program's own text
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    imports = dict(_imports(tree))
    found = {parser.style: parser for parser in _used(tree, imports)}
    if len(found) != 1:
        return None
    (parser,) = found.values()
    return Read(parser, dict(_options(tree)))


def _imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield each name that is imported, with its full name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                first = each.name.partition(".")[0]
                yield (each.asname, each.name) if each.asname else (first, first)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for each in node.names:
                yield each.asname or each.name, f"{node.module}.{each.name}"


def _used(tree: ast.AST, imports: Mapping[str, str]) -> Iterator[Parser]:
    for node in ast.walk(tree):
        for each in _users(node):
            if (parser := _USES.get(_full_name(each, imports))) is not None:
                yield parser


def _users(node: ast.AST) -> list[ast.expr]:
    """Return what a statement or an expression calls, decorates with or derives from."""
    if isinstance(node, ast.Call):
        # `app.run` of absl may be given another parser.
        return [] if any(each.arg == "flags_parser" for each in node.keywords) else [node.func]
    if isinstance(node, ast.ClassDef):
        return node.bases
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return node.decorator_list
    return []


def _full_name(node: ast.expr, imports: Mapping[str, str]) -> str:
    if isinstance(node, ast.Name):
        return imports.get(node.id, "")
    if isinstance(node, ast.Attribute) and (above := _full_name(node.value, imports)):
        return f"{above}.{node.attr}"
    return ""


def _options(tree: ast.AST) -> Iterator[tuple[str, Kind]]:
    """Yield the options that are written out as argparse and click have them."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or _last(node.func) not in ("add_argument", "option"):
            continue
        for each in node.args:
            if isinstance(each, ast.Constant) and str(each.value).startswith("--"):
                word, slash, _ = str(each.value).partition("/")
                yield word.strip().removeprefix("--"), Kind.BOTH if slash else _kind(node)


def _kind(call: ast.Call) -> Kind:
    given = {each.arg: each.value for each in call.keywords}
    action = given.get("action")
    word = action.value if isinstance(action, ast.Constant) else action and _last(action)
    if word is not None:
        return _ACTIONS.get(str(word), Kind.VALUE)
    if "is_flag" in given:
        return Kind.SWITCH
    return Kind.LIST if {"nargs", "multiple"} & given.keys() else Kind.VALUE


def _last(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def advised(found: Read, pairs: Pairs) -> tuple[str, str, JSON] | None:
    """Return the form that values need, with one of them and its name; None if W&B's will do.

    The form is an `args_style` or SWITCHES. None, too, if no form suits all of them.
    """
    needs: dict[str, tuple[str, JSON]] = {}
    for name, value in pairs:
        if form := _needed(found, name, value):
            needs.setdefault(form, (name, value))
    return next(((form, *pair) for form, pair in needs.items()), None) if len(needs) == 1 else None


def _needed(found: Read, name: str, value: JSON) -> str | None:
    """Return the form that a value needs, None if W&B's is read or nothing is known."""
    parser, kind = found.parser, found.options.get(name)
    if not isinstance(value, parser.refused) or (parser is ARGPARSE and kind is None):
        return None
    if isinstance(value, bool) and kind is Kind.SWITCH:
        return SWITCHES
    if kind is Kind.VALUE and isinstance(value, bool | list):  # its own function reads the text
        return None
    return parser.style
