"""W&B's error for a config value that would change."""

from __future__ import annotations

from sweepcli import UsageError as ConfigError

__all__ = ["ConfigError"]
