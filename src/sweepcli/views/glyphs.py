"""Small pictures made of characters: a curve as a sparkline, a share as a bar. Pure.

Each has a plain form for terminals whose encoding has no block characters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli.values import mean

if TYPE_CHECKING:
    from collections.abc import Sequence

LEVELS = "▁▂▃▄▅▆▇█"
PLAIN_LEVELS = "_.-=*#"
EIGHTHS = " ▏▎▍▌▋▊▉"
REST = "░"  # of a track


def sparkline(
    values: Sequence[float],
    width: int,
    *,
    plain: bool = False,
    scale: tuple[float, float] | None = None,
) -> str:
    """Return values as at most `width` characters, low ones for small values.

    Each character is the mean of the finite values of its stretch, a space where there is none.
    With a `scale`, its ends are the lowest and the highest character: for several curves.
    """
    levels = PLAIN_LEVELS if plain else LEVELS
    means = [mean(part) for part in _stretches(values, width)]
    known = [each for each in means if each is not None]
    if not known:
        return ""
    low, high = scale or (min(known), max(known))
    return "".join(" " if each is None else _level(each, low, high, levels) for each in means)


def _stretches(values: Sequence[float], width: int) -> list[Sequence[float]]:
    n, count = len(values), min(len(values), width)
    return [values[i * n // count : (i + 1) * n // count] for i in range(count)]


def _level(value: float, low: float, high: float, levels: str) -> str:
    if high == low:
        return levels[len(levels) // 2]
    share = min(max(value, low), high) / 2 - low / 2  # halves: their difference cannot overflow
    return levels[min(len(levels) - 1, int(share / (high / 2 - low / 2) * len(levels)))]


def bar(share: float, width: int, *, plain: bool = False) -> str:
    """Return a bar of `width` characters, filled up to a share from 0 to 1."""
    share = min(max(share, 0.0), 1.0)
    if plain:
        full = int(share * width)
        return "#" * full + "-" * (width - full)
    eighths = int(share * width * 8)
    full, rest = divmod(eighths, 8)
    text = "█" * full + (EIGHTHS[rest] if rest else "")
    return text.ljust(width)


def track(share: float, width: int, *, plain: bool = False) -> str:
    """Return a bar whose rest is visible, too: for progress."""
    return bar(share, width, plain=plain).replace(" ", REST)
