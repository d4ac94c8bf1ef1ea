"""Which failures are the same: those whose words differ only by values.

A value is a number, an address, a path, the run's own id, or what the run's params have. Any other
word counts, quoted ones too: `KeyError: 'loss'` and `KeyError: 'acc'` are two failures, unless
these are the runs' params.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sweepcli.values import leaves

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sweepcli.records import JSON

MARK = "#"  # stands for a value
# Each value with what any text that has one has, too, which is faster to look for.
VALUES = (
    ("0x", r"\b0x[0-9a-fA-F]+\b"),
    ("/", r"(?:[\w.~-]+)?(?:/[\w.@%+=-]+)+/?"),  # a path
    ("", r"\b(?=[a-f]*\d)[0-9a-f]{8,}(?:(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})?\b"),  # a hash, a UUID
    ("", r"(?<![A-Za-z0-9.])[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?:x\d+)*"),
    ("n", r"(?i)[-+]?\b(?:nan|inf)\b"),
    (MARK, rf"{MARK}\s?(?:[KMGT]i?B|bytes|ms|s|min|h)\b"),  # what is large has a larger unit
    (f"{MARK},", rf"{MARK}(?:, ?{MARK})+"),  # a shape, of any length
)


def kind(text: str) -> str:
    """Return a text with a mark for each value in it."""
    for part, pattern in VALUES:
        if part in text:
            text = re.sub(pattern, MARK, text)
    return text


def kind_of(text: str, run_id: str, params: Mapping[str, JSON]) -> str:
    """Return the kind of what a run said, with a mark for what its params have, too."""
    words = sorted({run_id, *_words(params)}, key=len, reverse=True)
    for word in words:
        text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", MARK, text)
    return kind(text)


def _words(params: Mapping[str, JSON]) -> Iterator[str]:
    """Yield the values of params as programs write them, each for itself in a list."""
    for _, value in leaves(params):
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, str | bool) and str(each).strip():
                yield str(each)
