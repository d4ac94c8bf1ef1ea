"""Python data to plain JSON types, for configs that a script gives instead of a file."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import count
from typing import TYPE_CHECKING

from sweepcli.sweep_config.document import LARGEST, UNPASSABLE, is_storable, key_text
from sweepcli.sweep_config.nodes import CORE_FLOAT, DEPTH_LIMIT, NODE_LIMIT
from sweepcli.sweep_config.problems import InvalidConfig, Path, Report

if TYPE_CHECKING:
    from sweepcli.records import JSON


def plain(data: Mapping[str, JSON], report: Report) -> tuple[dict[str, JSON], frozenset[Path]]:
    """Return the data as plain JSON, and where text such as '1e-5' was taken as a number."""
    reader = _Plain(report)
    made = reader.value(data, ())
    if not isinstance(made, dict):
        report.error((), "a config is a mapping", 'such as {"method": ..., "parameters": {...}}')
    if report.errors:
        report.finish()
    return made, frozenset(reader.exponents)


_BOUNDS = ("min", "max", "q", "mu", "sigma", "a", "b")


class _Plain:
    def __init__(self, report: Report) -> None:
        self.report = report
        self.exponents: set[Path] = set()
        self.nodes = count(1)

    def value(self, value: JSON, path: Path) -> JSON:
        if len(path) > DEPTH_LIMIT or next(self.nodes) > NODE_LIMIT:
            # Also the way out of data that contains itself.
            self.report.error(path[:3], "is nested too deep or too large for a config")
            raise InvalidConfig(self.report.errors)
        if isinstance(value, Mapping):
            return self._mapping(value, path)
        if isinstance(value, list | tuple):
            return [self.value(item, (*path, i)) for i, item in enumerate(value)]
        if value is None or isinstance(value, bool | int | float | str):
            return self._scalar(value, path)
        return self._foreign(value, path)

    def _mapping(self, value: Mapping[JSON, JSON], path: Path) -> dict[str, JSON]:
        pairs = [(self._key(key, path), item) for key, item in value.items()]
        return {key: self.value(item, (*path, key)) for key, item in pairs}

    def _key(self, key: JSON, path: Path) -> str:
        if isinstance(key, str):
            text = str.__str__(key)
        elif key is None or isinstance(key, bool | int | float):
            text = key_text(self._scalar(key, path))
        else:
            text = type(key).__name__
            self.report.error(path, f"a {text} cannot be a key", "use text")
        if not is_storable(text):
            self.report.error(path, f"a key {UNPASSABLE}")
        return text

    def _foreign(self, value: JSON, path: Path) -> JSON:
        # numpy's and torch's numbers and arrays, and the dates that yaml.safe_load makes.
        for name in ("tolist", "isoformat"):
            convert = getattr(value, name, None)
            if callable(convert) and not isinstance(value, type):
                return self.value(convert(), path)
        kind = type(value).__name__
        self.report.error(
            path, f"a {kind} is not plain data", "use numbers, text, lists and mappings"
        )
        return None

    def _scalar(self, value: JSON, path: Path) -> JSON:
        # Subclasses (numpy.float64, StrEnum) become the types they stand for.
        if isinstance(value, str):
            return self._text(str.__str__(value), path)
        if value is None or isinstance(value, bool):
            return value
        number = int(value) if isinstance(value, int) else float(value)
        finite = math.isfinite(number) if isinstance(number, float) else abs(number) < LARGEST
        if not finite:
            self.report.error(path, "is not a finite number", "for a script, write it as text")
        return number if finite else 0

    def _text(self, text: str, path: Path) -> JSON:
        if path[:1] == ("parameters",) and CORE_FLOAT.fullmatch(text):
            # yaml.safe_load leaves an unquoted 1e-5 as text, and W&B's service samples numbers
            # from such bounds. In values it may be meant as text, so there it stays.
            if path[-1] in _BOUNDS and not {"value", "values"}.intersection(path):
                self.exponents.add(path)
                self.report.warn(path, f"the text '{text}' is taken as a number", f"write {text}")
                return self._scalar(float(text), path)
            self.report.warn(path, f"'{text}' is text, not a number", f"for a number, write {text}")
        if not is_storable(text):
            self.report.error(path, UNPASSABLE)
        return text
