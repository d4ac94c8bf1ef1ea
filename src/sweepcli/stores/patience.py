"""Times at which those who wait for a store come back, not all of them at once."""

from __future__ import annotations

import os


def jittered(seconds: float) -> float:
    """Return a time between half of it and all, so that many who wait do not come back at once."""
    return seconds * (1.0 - os.urandom(1)[0] / 512)


def spread(seconds: float) -> float:
    """Return a time between none of it and all, so that who began together goes on apart."""
    return seconds * os.urandom(1)[0] / 256
