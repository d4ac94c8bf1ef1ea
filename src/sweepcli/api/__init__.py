"""The commands for Python: `sweep()`, `agent()`, `Api` and `read()`."""

from __future__ import annotations
