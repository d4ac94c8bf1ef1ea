"""The SDK inside the training process: standard library only, knows nothing of stores.

What a script logs becomes lines of one append-only file (`docs/events.md`); whoever wants
the numbers reads that file.
"""

from __future__ import annotations
