"""W&B's inner package, as far as scripts name parts of it."""

from __future__ import annotations

from sweepcli import Artifact, Config, Run, Settings

__all__ = ["Artifact", "Config", "Run", "Settings"]
