"""A sweep: how it is created, led, changed and ended."""

from __future__ import annotations
