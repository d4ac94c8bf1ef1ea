"""W&B's config."""

from __future__ import annotations

from sweepcli import Config

__all__ = ["Config"]
