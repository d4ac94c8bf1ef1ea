"""W&B's public API."""

from __future__ import annotations

from sweepcli.public_api import Api, Run, Sweep

__all__ = ["Api", "Run", "Sweep"]
