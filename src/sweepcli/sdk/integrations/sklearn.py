"""W&B's plots of scikit-learn's models: accepted, but not drawn."""

from __future__ import annotations

from functools import partial

from sweepcli.sdk import no_effect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def __getattr__(name: str) -> Callable[..., None]:
    """Return a function for every name that begins as W&B's do."""
    if not name.startswith("plot_"):
        raise AttributeError(name)
    return partial(no_effect.accept, f"wandb.sklearn.{name}()", "there is no page to show")
