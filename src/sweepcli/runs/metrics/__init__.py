"""Where the metrics of a run come from, and what they add up to."""

from __future__ import annotations
