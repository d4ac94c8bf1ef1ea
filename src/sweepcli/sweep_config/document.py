"""YAML text to plain data with the place of every key and list item, and back to text."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, NamedTuple, NoReturn

import yaml
from yaml.constructor import SafeConstructor

from sweepcli.errors import ConfigError
from sweepcli.sweep_config import composer, yaml_errors
from sweepcli.sweep_config.composer import CORE_FLOAT, DEPTH_LIMIT, EXPONENT, NODE_LIMIT, YAML
from sweepcli.sweep_config.problems import Path, Place, Problem, dotted
from sweepcli.sweep_config.yaml_errors import place_of
from sweepcli.values import is_unicode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sweepcli.records import JSON

LIMIT = 1_000_000  # bytes; the largest real config seen has 20 kB
_LARGEST = 10**300  # beyond this an int no longer fits a float
UNPASSABLE = "holds a character (NUL, half a surrogate pair) that cannot be passed to a program"
_NUMBERS = {"int", "float", EXPONENT}
_CONSTRUCTOR = SafeConstructor()
_MADE_BY = {  # YAML 1.1's dates and `=` are none of these: they remain text
    "null": _CONSTRUCTOR.construct_yaml_null,
    "bool": _CONSTRUCTOR.construct_yaml_bool,
    "int": _CONSTRUCTOR.construct_yaml_int,
    "float": _CONSTRUCTOR.construct_yaml_float,
    EXPONENT: _CONSTRUCTOR.construct_yaml_float,
}
_Pairs = list[tuple[yaml.Node, yaml.Node]]


@dataclass(frozen=True, slots=True)
class Document:
    """The data of a file, and the place of each key and item."""

    data: dict[str, JSON]
    places: dict[Path, Place]
    exponents: frozenset[Path]  # numbers that PyYAML alone would have left as text
    warnings: tuple[Problem, ...]


class Value(NamedTuple):
    """One value, and what is doubtful about it."""

    data: JSON
    warnings: tuple[Problem, ...]


def read(text: str | bytes, name: str) -> Document:
    """Return the mapping that a file holds; raise ConfigError with the place of an error."""
    if len(text) > LIMIT:
        raise too_large(name)
    node = composer.composed(yaml_errors.decoded(text, name), name)
    if not isinstance(node, yaml.MappingNode):
        at = place_of(node.start_mark if node else None)
        what = "a list" if isinstance(node, yaml.SequenceNode) else "a single value or nothing"
        said = f"the file holds {what}, not a mapping" if node else "the file is empty"
        fix = "a config has `method:` and `parameters:` at its top level"
        raise yaml_errors.failure(name, at, said, fix)
    reader = _Reader(name)
    data = reader.mapping(node, ())
    warnings = tuple(dict.fromkeys(reader.warnings))  # a merged mapping is read more than once
    return Document(data, reader.places, frozenset(reader.exponents), warnings)


def value(text: str, name: str) -> Value:
    """Return the scalar, list or mapping that a text is, as it would be read in a config.

    What begins with neither a quote nor a bracket is a scalar, whatever else is in it: `*.csv`,
    `@x`, `a: b` are text. Raises ConfigError for other text that is no YAML.
    """
    clean = yaml_errors.decoded(text, name).strip()
    node = composer.composed(clean, name) if clean.startswith(composer.MARKS) else None
    reader = _Reader(name)
    found = reader.value(node or composer.plain(clean), ())
    return Value(found, tuple(reader.warnings))


def written(raw: Mapping[str, JSON]) -> str:
    """Return a config as YAML that `read` reads back the same, its keys in their order."""
    dumped: str = yaml.dump(raw, Dumper=_Dumper, sort_keys=False, allow_unicode=True)
    return dumped


def too_large(source: str) -> ConfigError:
    """Return the error for a config above the limit."""
    return ConfigError(
        f"{source}: is larger than {LIMIT // 1_000_000} MB (is it a sweep config? keep data in "
        "files of its own and sweep over their names)"
    )


def is_finite(number: float) -> bool:
    """Return whether a number is finite, and as an int small enough to become a float."""
    return math.isfinite(number) if isinstance(number, float) else abs(number) < _LARGEST


def is_storable(text: str) -> bool:
    """Return whether the sweep's record can hold the text, and a program can be passed it."""
    return "\0" not in text and is_unicode(text)


def key_text(key: JSON) -> str:
    """Return a key as JSON has it: True becomes `true`, 1 becomes `1`."""
    return key if isinstance(key, str) else json.dumps(key)


class _Dumper(yaml.SafeDumper):
    """Quotes text that is a number to `read`, though not to PyYAML: "1e-5"."""


_Dumper.add_implicit_resolver(f"{YAML}float", CORE_FLOAT, list("-+.0123456789"))


class _Reader:
    """Turns nodes into data; one per file, and collects places and warnings."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.places: dict[Path, Place] = {(): (1, 1)}
        self.exponents: set[Path] = set()
        self.warnings: list[Problem] = []
        self.made = count(1)

    def value(self, node: yaml.Node, path: Path) -> JSON:
        self.places.setdefault(path, place_of(node.start_mark))
        # Aliases can nest deeper, and hold more, than the text itself: "a billion laughs".
        if next(self.made) > NODE_LIMIT or len(path) > DEPTH_LIMIT:
            self.fail(node, path[:3], "is too large or too deep once its aliases are expanded")
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node, path)
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path)
        return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]

    def mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, JSON]:
        entries = {self.key(key, path): (key, value) for key, value in self.merged(node, path)}
        for text, (key, _) in entries.items():
            self.places[*path, text] = place_of(key.start_mark)
        return {text: self.value(value, (*path, text)) for text, (_, value) in entries.items()}

    def merged(self, node: yaml.MappingNode, path: Path) -> _Pairs:
        """Return the entries that `<<` brings, and after them, since they win, its own."""
        inherited: _Pairs = []
        own: _Pairs = []
        for key, value in node.value:
            if key.tag == f"{YAML}merge":
                inherited += self.inherited(value, path)
            else:
                own.append((key, value))
        self.warn_of_doubles(own, path)
        return inherited + own

    def inherited(self, node: yaml.Node, path: Path) -> _Pairs:
        targets = node.value if isinstance(node, yaml.SequenceNode) else [node]
        found: _Pairs = []
        for target in reversed(targets):  # the first of several wins, so it comes last
            if not isinstance(target, yaml.MappingNode):
                self.fail(target, path, "`<<` can only merge mappings", "write `<<: *anchor`")
            found += self.merged(target, path)
            if next(self.made) + len(found) > NODE_LIMIT:
                self.fail(node, path, "is too large once its aliases are expanded")
        return found

    def warn_of_doubles(self, pairs: _Pairs, path: Path) -> None:
        first: dict[str, Place] = {}
        for key, _ in pairs:
            text = self.key(key, path)
            if text in first:
                said = f"is already set in line {first[text][0]}; the last one, here, counts"
                self.warn(key, (*path, text), said, "remove one of them")
            first[text] = place_of(key.start_mark)

    def key(self, node: yaml.Node, path: Path) -> str:
        if not isinstance(node, yaml.ScalarNode):
            fix = "if this is a template such as {{name}}, write the value itself"
            self.fail(node, path, "a key must be a word, not a list or mapping", fix)
        text = key_text(self.scalar(node, path))
        if _kind(node) in {"bool", "null"}:
            said = f"the key {node.value} is read as {text}, as W&B does"
            self.warn(node, (*path, text), said, f"write '{node.value}' in quotes")
        return text

    def scalar(self, node: yaml.ScalarNode, path: Path) -> JSON:
        kind = _kind(node)
        if kind == EXPONENT:
            self.exponents.add(path)
        try:
            value = _constructed(node)
        except (ValueError, LookupError, OverflowError):
            what = "number" if kind in _NUMBERS else kind
            self.fail(node, path, f"'{node.value[:40]}' is not a {what}", "put text in quotes")
        if isinstance(value, str):
            if not is_storable(value):
                self.fail(node, path, UNPASSABLE)
        elif isinstance(value, int | float):
            self.judge_number(value, node, path)
        return value

    def judge_number(self, value: float, node: yaml.ScalarNode, path: Path) -> None:
        text = node.value
        if not is_finite(value):
            fix = f"to pass it to a script, write it as text: '{text[:40].lstrip('.')}'"
            self.fail(node, path, f"{text[:40]} is not a finite number", fix)
        fix = "put it in quotes if it is text; otherwise write the number in decimal"
        if ":" in text:
            self.warn(node, path, f"{text} is read as {value} (base 60)", fix)
        digits = text.lstrip("+-")
        if _kind(node) == "int" and digits[:1] == "0" and digits.isdigit() and int(digits) != value:
            self.warn(node, path, f"{text} is read as {value} (base 8)", fix)

    def warn(self, node: yaml.Node, path: Path, text: str, fix: str) -> None:
        at = place_of(node.start_mark)
        self.warnings.append(Problem(self.name, *at, dotted(path), text, fix))

    def fail(self, node: yaml.Node, path: Path, text: str, fix: str | None = None) -> NoReturn:
        raise yaml_errors.failure(self.name, place_of(node.start_mark), text, fix, dotted(path))


def _kind(node: yaml.Node) -> str:
    return node.tag.removeprefix(YAML)


def _constructed(node: yaml.ScalarNode) -> JSON:
    kind = _kind(node)
    # No float needs as many digits, and base 60 takes half a minute for 900 kB of them.
    if kind in _NUMBERS and len(node.value) > 400:
        raise ValueError(node.value)
    return _MADE_BY[kind](node) if kind in _MADE_BY else node.value
