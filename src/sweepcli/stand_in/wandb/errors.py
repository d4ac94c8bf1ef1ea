"""W&B's errors."""

from __future__ import annotations

from sweepcli import CommError, Error, UsageError

__all__ = ["CommError", "Error", "UsageError"]
