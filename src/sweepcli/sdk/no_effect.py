"""Calls to W&B's service: accepted, with no effect on one machine."""

from __future__ import annotations

from functools import partial

from sweepcli.messages import warn, warn_once
from sweepcli.public_names import NO_EFFECT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def __getattr__(name: str) -> Callable[..., None]:
    """Return the function of this name, such as `watch`, which warns once and does nothing."""
    if name not in NO_EFFECT:
        raise AttributeError(name)
    return partial(accept, f"{name}()", NO_EFFECT[name])


def accept(call: str, why: str, *_: Any, **__: Any) -> None:
    """Accept a call that does nothing here, and say so once."""
    warn_once(call, f"{call} does nothing here: {why}.")


class ArtifactTTL:
    """The time until an artifact is deleted: here it stays until its folder is deleted."""

    INHERIT = "INHERIT"


class RunDisabled:
    """W&B's former type of a disabled run, which frameworks compare with."""


class Settings:
    """Accepts any settings; those that were not given are None."""

    def __init__(self, **given: Any) -> None:
        self.__dict__.update(given)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return None


class Graph:
    """A model's graph, which is not drawn here."""

    def __init__(self, *_: Any, **__: Any) -> None:
        warn("Graph() does nothing here: there is no page to show.")


class Controller:
    """W&B's local controller, which is not needed: every agent here controls its sweep."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_, **__: None

    def done(self) -> bool:
        """Return True: there is nothing to do."""
        return True


def controller(*_: Any, **__: Any) -> Controller:
    """Return a controller that has nothing to do."""
    warn("controller() does nothing here: every agent controls its sweep.")
    return Controller()


def setup(settings: Any = None) -> None:
    """Accept settings: there is no service to start."""
    del settings


def teardown(exit_code: int | None = None) -> None:
    """Accept the end: there is no service to end."""
    del exit_code
