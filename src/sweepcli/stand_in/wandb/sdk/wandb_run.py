"""W&B's run under an old name of its module."""

from __future__ import annotations

from sweepcli import Run

__all__ = ["Run"]
