"""Which failures are the same: those whose words differ only by values.

A value is a number, an address, a path, the run's own id, or what the run's params have. Any other
word counts, quoted ones too: `KeyError: 'loss'` and `KeyError: 'acc'` are two failures, unless
these are the runs' params. So does an exit code. The name of a metric may have slashes, as
`train/loss` has: a relative path is one only with an ending, or where files are spoken of.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sweepcli.values import leaves

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import UnionType

    from sweepcli.records import JSON

MARK = "#"  # stands for a value
_PATH = r"(?:/[\w.@%+=-]+)+/?"
# Each value with what any text that has one has, too, which is faster to look for.
VALUES = (
    ("0x", r"\b0x[0-9a-fA-F]+\b"),
    ("file", rf"[\w.~-]*{_PATH}"),
    ("Errno", rf"[\w.~-]*{_PATH}"),
    ("/", r"(?<![\w.~-])[\w.~-]+(?:/[\w.@%+=-]+)*/[\w@%+=-]*\.[A-Za-z]\w*"),
    ("/", rf"(?<![\w.~-])(?:~|\.\.?)?{_PATH}"),
    ("", r"\b(?=[a-f]*\d)[0-9a-f]{8,}(?:(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})?\b"),  # a hash, a UUID
    (
        "",
        r"(?<![A-Za-z0-9.])(?<!exit code )[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?:x\d+)*",
    ),
    ("n", r"(?i)[-+]?\b(?:nan|inf)\b"),
    (MARK, rf"{MARK}\s?(?:[kKMGT]i?B|bytes|ms|s|min|h)\b"),  # what is large has a larger unit
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
    for word in sorted({run_id, *_values(params, str | bool)}, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", MARK, text)
    for number in sorted({*_values(params, int | float)}, key=len, reverse=True):
        # Part of a name, as in `fold3.npz`; one that stands alone is a value anyway.
        text = re.sub(rf"(?<=[A-Za-z_]){re.escape(number)}(?![\d.]*\d)", MARK, text)
    return kind(text)


def _values(params: Mapping[str, JSON], kinds: type | UnionType) -> Iterator[str]:
    """Yield the values of params as programs write them, each for itself in a list."""
    for _, value in leaves(params):
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, kinds) and str(each).strip():
                yield str(each)
