"""A config file's text to plain data, with the place of every key and list item."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, NoReturn

import yaml
from yaml.constructor import SafeConstructor

from sweepcli.sweep_config import nodes, source, trouble
from sweepcli.sweep_config.problems import Path, Place, Problem, dotted

if TYPE_CHECKING:
    from sweepcli.records import JSON

LARGEST = 10**300  # beyond this an int no longer fits a float
UNPASSABLE = "holds a character (NUL, half a surrogate pair) that no program can be given"


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says, and where it says it."""

    data: dict[str, JSON]
    places: dict[Path, Place]
    exponents: frozenset[Path]  # numbers that PyYAML alone would have left as text
    warnings: tuple[Problem, ...]


def read(text: str | bytes, name: str) -> Document:
    """Return the one mapping that a file holds; raise ConfigError with the place if it cannot."""
    if len(text) > source.LIMIT:
        raise source.too_large(name)
    clean = trouble.decoded(text, name)
    try:
        node = nodes.compose(clean, name)
    except yaml.YAMLError as error:
        raise trouble.explained(error, clean, name) from None
    if not isinstance(node, nodes.Mapping):
        what = "a list" if isinstance(node, nodes.Sequence) else "one value or none"
        fix = "a config has `method:` and `parameters:` at its top"
        raise trouble.failure(name, node.place, f"the file holds {what}, not a mapping", fix)
    reader = _Reader(name)
    data = reader.mapping(node, ())
    warnings = tuple(dict.fromkeys(reader.warnings))  # a merged mapping is read more than once
    return Document(data, reader.places, frozenset(reader.exponents), warnings)


def is_storable(text: str) -> bool:
    """Tell whether the sweep's record can hold the text, and a program be given it."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def key_text(key: JSON) -> str:
    """Return a key as JSON has it: True becomes `true`, 1 becomes `1`."""
    return key if isinstance(key, str) else json.dumps(key)


class _Reader:
    """Turns nodes into data; one per file, as it gathers places and warnings on its way."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.places: dict[Path, Place] = {(): (1, 1)}
        self.exponents: set[Path] = set()
        self.warnings: list[Problem] = []
        self.made = count(1)

    def value(self, node: nodes.Node, path: Path) -> JSON:
        self.places.setdefault(path, node.place)
        # Aliases can nest deeper, and hold more, than the text itself: "a billion laughs".
        if next(self.made) > nodes.NODE_LIMIT or len(path) > nodes.DEPTH_LIMIT:
            self.fail(node, path[:3], "is too large or too deep once its aliases are written out")
        if isinstance(node, nodes.Scalar):
            return self.scalar(node, path)
        if isinstance(node, nodes.Mapping):
            return self.mapping(node, path)
        return [self.value(item, (*path, index)) for index, item in enumerate(node.items)]

    def mapping(self, node: nodes.Mapping, path: Path) -> dict[str, JSON]:
        entries: dict[str, tuple[nodes.Node, nodes.Node]] = {}
        for key, value in self.merged(node, path):
            entries[self.key(key, path)] = key, value
        for text, (key, _) in entries.items():
            self.places[*path, text] = key.place
        return {text: self.value(value, (*path, text)) for text, (_, value) in entries.items()}

    def merged(self, node: nodes.Mapping, path: Path) -> list[tuple[nodes.Node, nodes.Node]]:
        inherited: list[tuple[nodes.Node, nodes.Node]] = []
        own: list[tuple[nodes.Node, nodes.Node]] = []
        for key, value in node.pairs:
            if isinstance(key, nodes.Scalar) and key.kind == "merge":
                inherited += self.inherited(value, path)
            else:
                own.append((key, value))
        self.tell_doubles(own, path)
        return inherited + own

    def inherited(self, node: nodes.Node, path: Path) -> list[tuple[nodes.Node, nodes.Node]]:
        targets = node.items if isinstance(node, nodes.Sequence) else (node,)
        found = []
        for target in reversed(targets):  # the first of several wins, so it comes last
            if not isinstance(target, nodes.Mapping):
                self.fail(target, path, "`<<` merges mappings alone", "write `<<: *anchor`")
            found += self.merged(target, path)
            if next(self.made) + len(found) > nodes.NODE_LIMIT:
                self.fail(node, path, "is too large once its aliases are written out")
        return found

    def tell_doubles(self, pairs: list[tuple[nodes.Node, nodes.Node]], path: Path) -> None:
        first: dict[str, Place] = {}
        for key, _ in pairs:
            text = self.key(key, path)
            if text in first:
                said = f"stands in line {first[text][0]} already; the last one, here, counts"
                self.warn(key, (*path, text), said, "remove one of them")
            first[text] = key.place

    def key(self, node: nodes.Node, path: Path) -> str:
        if not isinstance(node, nodes.Scalar):
            fix = "if this is a template such as {{name}}, write the value itself"
            self.fail(node, path, "a key must be a word, not a list or mapping", fix)
        text = key_text(self.scalar(node, path))
        if node.kind in {"bool", "null"}:
            said = f"the key {node.text} is read as {text}, as W&B does"
            self.warn(node, (*path, text), said, f"write '{node.text}' in quotes")
        return text

    def scalar(self, node: nodes.Scalar, path: Path) -> JSON:
        if node.kind == nodes.EXPONENT:
            self.exponents.add(path)
        try:
            value = _constructed(node)
        except (ValueError, LookupError, OverflowError):
            kind = "number" if node.kind in {"int", "float", nodes.EXPONENT} else node.kind
            self.fail(node, path, f"'{node.text[:40]}' is not a {kind}", "put text in quotes")
        if isinstance(value, str):
            if not is_storable(value):
                self.fail(node, path, UNPASSABLE)
        elif isinstance(value, int | float):
            self.judge_number(value, node, path)
        return value

    def judge_number(self, value: float, node: nodes.Scalar, path: Path) -> None:
        finite = math.isfinite(value) if isinstance(value, float) else abs(value) < LARGEST
        if not finite:
            fix = f"for a script, write it as text: '{node.text[:40].lstrip('.')}'"
            self.fail(node, path, f"{node.text[:40]} is not a finite number", fix)
        fix = "put it in quotes if it is text, else write the number plainly"
        if ":" in node.text:
            self.warn(node, path, f"{node.text} is read as {value} (base 60)", fix)
        digits = node.text.lstrip("+-")
        if node.kind == "int" and digits[:1] == "0" and digits.isdigit() and int(digits) != value:
            self.warn(node, path, f"{node.text} is read as {value} (base 8)", fix)

    def warn(self, node: nodes.Node, path: Path, text: str, fix: str) -> None:
        self.warnings.append(Problem(self.name, *node.place, dotted(path), text, fix))

    def fail(self, node: nodes.Node, path: Path, text: str, fix: str | None = None) -> NoReturn:
        raise trouble.failure(self.name, node.place, text, fix, dotted(path))


def _constructed(node: nodes.Scalar) -> JSON:
    if node.kind in {"str", "merge"}:
        return node.text
    if node.kind == "null":
        return None
    if len(node.text) > 400:
        # No float needs as many digits, and base 60 takes half a minute for 900 kB of them.
        raise ValueError(node.text)
    if node.kind == nodes.EXPONENT:
        return float(node.text)
    # PyYAML's own readings of YAML 1.1's numbers, on a node that can hold nothing else.
    scalar = yaml.ScalarNode(node.kind, node.text)
    constructor = SafeConstructor()
    if node.kind == "bool":
        return constructor.construct_yaml_bool(scalar)
    if node.kind == "int":
        return constructor.construct_yaml_int(scalar)
    return constructor.construct_yaml_float(scalar)
