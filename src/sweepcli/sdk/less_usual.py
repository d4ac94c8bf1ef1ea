"""The less usual methods of a run, found when they are named."""

from __future__ import annotations

from functools import partial
from importlib import import_module

from sweepcli import public_names as names
from sweepcli.sdk import notices

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from sweepcli.sdk.run import Run


def method(run: Run, name: str) -> Callable[..., Any]:
    """Return a method of a run; raise AttributeError if W&B's runs have none of that name."""
    if name in names.RUN_METHODS:
        module = import_module(f"sweepcli.{names.RUN_METHODS[name]}")
        return partial(getattr(module, name), run)
    if name in names.OLDER_RUN_METHODS:
        return partial(getattr(import_module("sweepcli.sdk.older"), name), run)
    if name in names.WITHOUT_MEANING:
        return partial(accept, name)
    if name == "_label":  # by which frameworks tell W&B of themselves
        return _nothing
    raise AttributeError(f"a run has no '{name}'")


def accept(name: str, *_: Any, **__: Any) -> None:
    """Take a call that does nothing here, and say so once."""
    why = names.WITHOUT_MEANING[name]
    notices.once(name, f"{name}() does nothing here: {why}.")


def _nothing(*_: Any, **__: Any) -> None:
    """Do nothing, and say nothing either: it is not the script that calls."""
