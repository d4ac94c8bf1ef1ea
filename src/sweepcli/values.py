"""Values as users write them: nested ones under dotted names, numbers, and durations."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

DEEPEST = 20  # JSON may be nested deeper than Python's stack allows
DIGITS = 18  # of the longest whole number; what is longer was not meant
DURATION_FORM = "write seconds, or a time such as 45s, 90m, 1h30m or 2d"
GOALS = ("minimize", "maximize")
_FORMS = ("", "imum", "imal", "imize", "imise", "imizing", "imising", "imization", "imisation")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_NUMBER = r"\d+(?:\.\d+)?"
_PART = re.compile(rf"({_NUMBER}) *([smhd])", re.ASCII)
# Stricter than `float`, which takes `1_000` too. Exponents are how Python writes small numbers.
_DURATION = re.compile(rf"(?:{_NUMBER} *[smhd] *)+|{_NUMBER}(?:e[+-]?\d+)?", re.ASCII)


def leaves(values: Mapping[str, Any], *names: str) -> Iterator[tuple[str, Any]]:
    """Yield each leaf of a nested mapping with its dotted name.

    An empty mapping is a leaf, and so is one that is nested deeper than any name would be.
    """
    for key, value in values.items():
        if isinstance(value, dict) and value and len(names) < DEEPEST:
            yield from leaves(value, *names, key)
        else:
            yield ".".join((*names, key)), value


def leaf(values: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 -- any JSON
    """Return the leaf with a dotted name, such as the metric in a logged row; None without one."""
    if name in values and not isinstance(values[name], dict):
        return values[name]
    return next((value for found, value in leaves(values) if found == name), None)


def as_float(value: Any) -> float | None:  # noqa: ANN401 -- any JSON
    """Return a number as a float, nan and infinities included; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def finite(value: Any) -> float | None:  # noqa: ANN401 -- any JSON
    """Return a finite number as a float; None for anything else, booleans included."""
    found = as_float(value)
    return found if found is not None and math.isfinite(found) else None


def mean(values: Iterable[float]) -> float | None:
    """Return the mean of the finite ones, whose sum may be too large; None if there are none."""
    known = [value for value in values if math.isfinite(value)]
    if not known:
        return None
    try:
        return math.fsum(known) / len(known)
    except OverflowError:
        return math.fsum(value / len(known) for value in known)


def goal_of(word: Any) -> str | None:  # noqa: ANN401 -- any JSON
    """Return `minimize` or `maximize`, whichever a word plainly means; None if it is neither."""
    bare = word.strip().lower() if isinstance(word, str) else ""
    return next((goal for goal in GOALS if bare in {goal[:3] + form for form in _FORMS}), None)


def is_unicode(text: str) -> bool:
    """Return whether a text is of whole characters: half a surrogate pair is in no file."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def whole(text: str, digits: int = DIGITS) -> int | None:
    """Return a whole number from 0 as people write it, of so many digits; None for other text."""
    is_number = text.isascii() and text.isdigit() and len(text) <= digits
    return int(text) if is_number else None


def duration_s(text: str | float) -> float:
    """Return a duration in seconds; raise ValueError, with what to write, for anything else."""
    written = str(text).strip().lower()
    if isinstance(text, bool) or not _DURATION.fullmatch(written):
        raise ValueError(DURATION_FORM)
    parts = _PART.findall(written)
    seconds = sum(float(number) * _SECONDS[unit] for number, unit in parts)
    seconds = seconds if parts else float(written)
    if not 0 < seconds < math.inf:
        raise ValueError(DURATION_FORM)
    return seconds
