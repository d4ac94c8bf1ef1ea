"""Lengths of time as people write them: `90`, `45s`, `15m`, `1h30m`, `2d`. Leaf module."""

from __future__ import annotations

import math
import re

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
FORM = "write seconds, or a time such as 45s, 90m, 1h30m or 2d"
_PART = re.compile(r"(\d+(?:\.\d+)?)([smhd])")


def parse(text: str | float) -> float:
    """Return a length of time in seconds; raise ValueError, with what to write, if it is none."""
    written = str(text).strip().lower().replace(" ", "")
    parts = _PART.findall(written)
    try:
        is_whole = parts and "".join(number + unit for number, unit in parts) == written
        seconds = (
            sum(float(number) * SECONDS[unit] for number, unit in parts)
            if is_whole
            else float(written)
        )
    except ValueError:
        seconds = math.nan
    if isinstance(text, bool) or not 0 < seconds < math.inf:
        raise ValueError(FORM)
    return seconds
