"""W&B's plots of scikit-learn's models: taken, and not drawn."""

from __future__ import annotations

from functools import partial

from sweepcli.sdk import notices

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def __getattr__(name: str) -> Callable[..., None]:
    """Return a function for every name that begins as W&B's do."""
    if not name.startswith("plot_"):
        raise AttributeError(name)
    return partial(_take, name)


def _take(name: str, *_: Any, **__: Any) -> None:
    what = f"wandb.sklearn.{name}() does nothing here: there is no page to show."
    notices.once(name, what)
