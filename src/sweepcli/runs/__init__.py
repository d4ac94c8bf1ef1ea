"""Where runs are executed."""

from __future__ import annotations
