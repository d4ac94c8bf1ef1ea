"""W&B's `wandb.sklearn`."""

from __future__ import annotations

from sweepcli.sdk.sklearn import __getattr__

__all__ = ["__getattr__"]
