"""The paths that the text of a Python program writes out, and opens from the working directory.

Whatever is joined to another path, such as one made of `__file__`, is none of them.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

LONGEST = 255  # characters of a path
ADDING = ("sys.path.append", "sys.path.insert")
JOINS = ("join", "joinpath", "files", "with_name", "relative_to", "import_module")


def of(text: str, names: Container[str]) -> list[str]:
    """Return the texts of a program that may be paths of files with these names, each once.

    A program that writes none of the names is not parsed, which takes long for one full of data.
    """
    if not any(each.rpartition("/")[2] in names for each in re.split("[\"']", text)):
        return []
    try:
        found = dict.fromkeys(_paths(ast.parse(text), in_list=False))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return list(found)


def extends_path(text: str) -> bool:
    """Return whether a program adds a folder to `sys.path` that the working directory decides."""
    if not any(each in text for each in ADDING):  # parsing a large program takes a second
        return False
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    methods = (call for call in calls if isinstance(call.func, ast.Attribute))
    adding = (call for call in methods if ast.unparse(call.func) in ADDING)
    return any(_is_relative(argument) for call in adding for argument in call.args)


def _is_relative(argument: ast.expr) -> bool:
    texts = [each.value for each in ast.walk(argument) if isinstance(each, ast.Constant)]
    words = ast.unparse(argument)
    if "getcwd" in words or "Path.cwd" in words:
        return True
    is_plain = isinstance(argument, ast.Constant) or words.startswith("os.path.abspath('")
    return is_plain and any(isinstance(each, str) and not each.startswith("/") for each in texts)


def _paths(node: ast.AST, *, in_list: bool) -> Iterator[str]:
    """Yield what may be a path; a program is started only by a list of words."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and _may_be_path(node.value, in_list=in_list):
            yield node.value
        return
    if isinstance(node, ast.BinOp | ast.JoinedStr | ast.Dict | ast.Compare) or _joins(node):
        return
    if isinstance(node, ast.stmt) and _names_its_file(node):
        return
    decorators = getattr(node, "decorator_list", [])  # Hydra's paths begin at the program's file
    for child in ast.iter_child_nodes(node):
        if child not in decorators:
            yield from _paths(child, in_list=isinstance(node, ast.List | ast.Tuple))


def _joins(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    called = node.func
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name in JOINS


def _names_its_file(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.If):
        return False
    return any(isinstance(each, ast.Name) and each.id == "__file__" for each in ast.walk(statement))


def _may_be_path(text: str, *, in_list: bool) -> bool:
    has_ending = "." in text.rpartition("/")[2].strip(".")
    is_path = text.isprintable() and " " not in text and len(text) <= LONGEST
    return has_ending and is_path and (in_list or not text.endswith(".py"))
