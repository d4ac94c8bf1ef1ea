"""W&B's `wandb.tensorboard`."""

from __future__ import annotations

from sweepcli.sdk.tensorboard import patch, unpatch

__all__ = ["patch", "unpatch"]
