"""The parts of `wandb.util` that scripts use."""

from __future__ import annotations

from sweepcli import ids

__all__ = ["generate_id"]


def generate_id(length: int = 8) -> str:
    """Return a fresh id."""
    text = ids.new_id()
    while len(text) < length:
        text += ids.new_id()
    return text[:length]
