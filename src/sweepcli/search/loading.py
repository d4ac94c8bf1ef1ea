"""Functions of the user's own: from a module or a file, and who is to blame if they fail."""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import sys
import traceback
from contextlib import contextmanager, redirect_stdout, suppress
from functools import cache
from typing import TYPE_CHECKING

from sweepcli.errors import SearchError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from sweepcli.records import JSON


def from_module(name: str) -> Callable[..., JSON]:
    """Return the function that `package.module:function` names; raise SearchError.

    The folder where the command was started counts, as it does for `python -m`.
    """
    module, _, attribute = name.partition(":")
    with blamed(name), _first_on_path(os.getcwd()):
        return _function(importlib.import_module(module), attribute, module)


def from_file(path: str, attribute: str) -> Callable[..., JSON]:
    """Return the function of that name in a Python file; raise SearchError."""
    with blamed(path):
        return _function(_executed(os.path.abspath(path)), attribute, path)


def as_json(value: JSON) -> JSON:
    """Return plain JSON, numpy's numbers as Python's; raise TypeError for what is none."""
    return json.loads(json.dumps(value, default=_plain))


def _plain(value: JSON) -> JSON:
    if hasattr(value, "item"):
        return value.item()
    raise TypeError(f"{type(value).__name__} is not JSON: {value!r}")


@contextmanager
def _first_on_path(folder: str) -> Iterator[None]:
    """Let modules be found in a folder before any other, and afterwards behind all others.

    So what the user's code imports later is found too, and what we or a library import later is
    never a `csv.py` of the user's.
    """
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        with suppress(ValueError):  # the user's code may have changed the path
            sys.path.remove(folder)
        if folder not in sys.path and "" not in sys.path:
            sys.path.append(folder)


@cache
def _executed(path: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location("sweepcli_source", path)
    if spec is None or spec.loader is None:
        raise SearchError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def blamed(what: str) -> Iterator[None]:
    """Turn whatever the user's code raises into a SearchError that says where it was raised.

    What it prints goes to stderr: standard output is for our answers.
    """
    try:
        with redirect_stdout(sys.stderr):
            yield
    except SearchError:
        raise
    except (Exception, SystemExit) as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        at = f" ({frame.filename}:{frame.lineno})" if _is_user_s(frame.filename) else ""
        raise SearchError(f"{what}: {type(error).__name__}: {error}{at}") from error


def _is_user_s(filename: str) -> bool:
    return not filename.startswith("<") and os.path.dirname(__file__) not in filename


def _function(module: object, attribute: str, place: str) -> Callable[..., JSON]:
    found: JSON = getattr(module, attribute, None)
    if not callable(found):
        raise SearchError(f"{place} has no function {attribute!r}")
    function: Callable[..., JSON] = found
    return function
