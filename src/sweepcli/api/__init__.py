"""The commands for Python: `sweep()`, `agent()`, `Api` and `read()`.

`functions` has `agent()`, `reading` has `Api` and `read()`; `agent` runs an agent for both the
command and Python.
"""

from __future__ import annotations
