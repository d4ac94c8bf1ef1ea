"""The commands, and what they print."""

from __future__ import annotations
