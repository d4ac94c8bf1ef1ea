"""W&B's APIs."""

from __future__ import annotations

from sweepcli import Api

__all__ = ["Api"]
