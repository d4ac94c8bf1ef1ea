"""The parts of `wandb.util` that scripts use."""

from __future__ import annotations

from sweepcli.sdk.fresh_ids import generate_id

__all__ = ["generate_id"]
