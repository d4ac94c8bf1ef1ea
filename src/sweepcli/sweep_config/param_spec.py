"""What `-P NAME=SPEC` says of a parameter: a range, values, or one value. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.sweep_config import assignments, other_forms
from sweepcli.sweep_config.other_forms import NUMBER
from sweepcli.sweep_config.problems import Problem, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import JSON

WIDE = 1000  # times the lower end: on a linear scale, hardly any draw is near it
FORMS = "write NAME=1e-4..1e-1:log, NAME=1..8, NAME=1,2,3 or NAME=0.1"
_RANGE = re.compile(rf"({NUMBER})\s*\.\.\s*({NUMBER})(?:\s*:\s*(\w*))?")
_END = rf"(?:{NUMBER}|[-+.\d]*)"
# What was plainly meant as a range. `../data` and `v1..v2` were not.
_LIKE_RANGE = re.compile(
    rf"(?=.*\d)(?:{_END}\s*\.\.+.{{0,9}}|[\w.+-]{{0,9}}\.\.+\s*{NUMBER}(?::\w*)?)"
)
_LOG_OF_ONE = re.compile(rf"{NUMBER}\s*:\s*log")


class Spec(NamedTuple):
    """A parameter as a config has it, and what is doubtful about it."""

    settings: dict[str, JSON]
    warnings: Sequence[Problem] = ()

    @property
    def is_range(self) -> bool:
        """Whether it has bounds, not values."""
        return "min" in self.settings

    @property
    def size(self) -> int:
        """How many values it has, if it is no range."""
        return len(self.settings.get("values", (None,)))


def read(name: str, text: str, option: str) -> Spec:
    """Return what a parameter's text means.

    Raises ValueError, or InvalidConfig with the option, for what means nothing.
    """
    if fix := other_forms.instead(name, text):
        as_text = assignments.literally(name, text)
        raise ValueError(f"is neither a range nor values: {fix} (for the text, write {as_text})")
    pieces = assignments.listed(text)
    if _LIKE_RANGE.fullmatch(text) and len(pieces) == 1:
        return _range(name, text, option)
    for piece in pieces:
        _judge(name, piece)
    found = [assignments.value(name, piece, option) for piece in pieces]
    warnings = [warning for each in found for warning in each.warnings]
    if len(found) > 1:
        return Spec({"values": [each.data for each in found]}, warnings)
    if advice := _of_several(name, found[0].data):
        warnings.append(Problem(option, None, None, "", *advice))
    return Spec({"value": found[0].data}, warnings)


def _range(name: str, text: str, option: str) -> Spec:
    found = _RANGE.fullmatch(text)
    if found is None or "..." in text:
        raise ValueError(
            "is not a range: write LOW..HIGH with two numbers, as in 1e-4..1e-1 (for the text, "
            f"write {assignments.literally(name, text)})"
        )
    first, last, scale = found.groups()
    if scale is not None and scale.lower() != "log":
        fix = f"write {name}={first}..{last} or {name}={first}..{last}:log"
        if scale.isdecimal():
            fix += f"; for steps, list the values, as in {name}=1,2,3"
        raise ValueError(f"`:{scale}` is not known behind a range: {fix}")
    ends = [assignments.value(name, end, option) for end in (first, last)]
    warnings = [warning for each in ends for warning in each.warnings]
    low, high = (each.data for each in ends)
    if low >= high:
        instead = first if low == high else f"{last}..{first}"
        raise ValueError(f"{first} is not less than {last}: write {name}={instead}")
    if scale and low <= 0:
        raise ValueError(
            f"a logarithm needs numbers above 0: {first} is not (as in 1e-4..{last}:log)"
        )
    is_whole = all(type(end) is int for end in (low, high))
    advice = None
    if is_whole and not scale and (low, high) == (0, 1):
        advice = "means the whole numbers 0 and 1", f"for all between, write {name}=0.0..1.0"
    elif not scale and low > 0 and high / low >= WIDE:
        small = f"9 of 10 draws are above {high / 10:g}"
        advice = small, f"to draw each power of ten equally often, write {name}={first}..{last}:log"
    if advice:
        warnings.append(Problem(option, None, None, "", *advice))
    return Spec(_between(low, high, is_log=bool(scale), is_whole=is_whole), warnings)


def _between(low: float, high: float, *, is_log: bool, is_whole: bool) -> dict[str, JSON]:
    if is_whole and is_log:
        return {"distribution": "q_log_uniform_values", "min": low, "max": high, "q": 1}
    if is_whole:
        return {"distribution": "int_uniform", "min": low, "max": high}
    distribution = "log_uniform_values" if is_log else "uniform"
    return {"distribution": distribution, "min": float(low), "max": float(high)}


def _judge(name: str, piece: str) -> None:
    """Raise ValueError for one of the values that was surely not meant as it stands."""
    as_text = f"for the text, write {assignments.literally(name, piece)}"
    if not piece:
        raise ValueError("""has an empty value beside a comma (for an empty text, write '""')""")
    if piece.startswith(("'", '"')):
        return
    if _LIKE_RANGE.fullmatch(piece):
        raise ValueError(f"{piece} is a range, which cannot stand among values ({as_text})")
    if _LOG_OF_ONE.fullmatch(piece):
        raise ValueError(f"`:log` is for a range, as in 1e-4..1e-1:log ({as_text})")
    if piece.count("(") != piece.count(")"):
        raise ValueError(
            f"{piece} is a half of what a comma parts: values are a,b,c, a range is LOW..HIGH, a "
            "list is [1,2]; put text with a comma in quotes, '\"(1,2)\"'"
        )
    if piece.startswith("="):
        raise ValueError(f"begins with a second `=`: write {name}={piece.lstrip('= ')} ({as_text})")


def _of_several(name: str, data: JSON) -> tuple[str, str] | None:
    """Say so where a list is one value, though its items may have been meant."""
    if not data or not isinstance(data, list):
        return None
    items = ",".join(each if isinstance(each, str) else shown(each) for each in data)
    return "is one value, a list", f"for one of its items in each run, write {name}={items}"
