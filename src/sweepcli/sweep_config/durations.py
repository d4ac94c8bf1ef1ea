"""Lengths of time as people write them: `90`, `45s`, `15m`, `1h30m`, `2d`. Leaf module."""

from __future__ import annotations

import math
import re

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
FORM = "write seconds, or a time such as 45s, 90m, 1h30m or 2d"
_NUMBER = r"\d+(?:\.\d+)?"
_PART = re.compile(rf"({_NUMBER}) *([smhd])", re.ASCII)
# Stricter than `float`, which takes `1_000` too. Exponents are how Python writes small numbers.
_LENGTH = re.compile(rf"(?:{_NUMBER} *[smhd] *)+|{_NUMBER}(?:e[+-]?\d+)?", re.ASCII)


def parse(text: str | float) -> float:
    """Return a length of time in seconds; raise ValueError, with what to write, if it is none."""
    written = str(text).strip().lower()
    if isinstance(text, bool) or not _LENGTH.fullmatch(written):
        raise ValueError(FORM)
    parts = _PART.findall(written)
    seconds = sum(float(number) * SECONDS[unit] for number, unit in parts)
    seconds = seconds if parts else float(written)
    if not 0 < seconds < math.inf:
        raise ValueError(FORM)
    return seconds
