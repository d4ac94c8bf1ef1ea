"""Callbacks for Keras."""

from __future__ import annotations

from sweepcli.sdk.keras import WandbCallback, WandbMetricsLogger, WandbModelCheckpoint

__all__ = ["WandbCallback", "WandbMetricsLogger", "WandbModelCheckpoint"]
