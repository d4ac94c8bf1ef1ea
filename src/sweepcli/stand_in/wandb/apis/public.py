"""W&B's public API."""

from __future__ import annotations

from sweepcli.api.reading import Api, Run, Sweep

__all__ = ["Api", "Run", "Sweep"]
