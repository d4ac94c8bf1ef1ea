"""What a sweep config means: `load` reads and judges it, `parse` takes a stored one at its word.

Callers import the modules: `parse` must stay free of yaml and jsonschema, for the agent's start.
"""

from __future__ import annotations
