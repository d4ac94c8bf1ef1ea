"""W&B's bridge from TensorBoard: taken, and not built."""

from __future__ import annotations

from sweepcli.sdk import notices

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def patch(*_: Any, **__: Any) -> None:
    """Say that what goes to TensorBoard is not logged here."""
    what = "wandb.tensorboard.patch() does nothing here: log() what the sweep needs."
    notices.once("patch", what)


unpatch = patch
