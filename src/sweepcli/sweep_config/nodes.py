"""YAML text to a tree of nodes with places, built from the parser's events.

PyYAML's own composer overruns the C stack on deep nesting, and its readings of numbers and tags
are not ours: here no tag makes anything but plain data, and `1e-5` is a number, as YAML 1.2 and
W&B's service have it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, NoReturn

import yaml
from yaml.resolver import Resolver

from sweepcli.sweep_config.trouble import failure, place_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sweepcli.sweep_config.problems import Place

NODE_LIMIT = 100_000
DEPTH_LIMIT = 100  # Python's own stack is the thing to protect
# What YAML 1.2 reads as a float and PyYAML leaves as text.
CORE_FLOAT = re.compile(r"[-+]?([0-9]+\.?[0-9]*[eE][-+]?[0-9]+|\.[0-9]+([eE][-+]?[0-9]+)?)")
EXPONENT = "exponent"  # our own tag for these: the checks have advice on some

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_YAML = "tag:yaml.org,2002:"
_SCALARS = {"null", "bool", "int", "float", "str", "merge"}
_TEXTS = {"timestamp", "value"}  # YAML 1.1's dates and `=` stay as they are written


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value: its text as written and the kind that YAML gives it."""

    place: Place
    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    place: Place
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping, keys in the order of the file, doubles included."""

    place: Place
    pairs: tuple[tuple[Node, Node], ...]


Node = Scalar | Sequence | Mapping


def compose(text: str, source: str) -> Node:
    """Return the tree of the one document in the text; raise InvalidConfig or yaml.YAMLError."""
    return _Composer(text, source).document()


class _Composer:
    def __init__(self, text: str, source: str) -> None:
        self.source = source
        self.tabs = _tabbed(text)
        self.made = count(1)
        self.events: Iterator[yaml.Event] = iter(yaml.parse(text, Loader=_Loader))
        self.anchors: dict[str, Node | None] = {}  # None: not closed yet
        self.resolver = Resolver()

    def document(self) -> Node:
        next(self.events)
        first = next(self.events)
        if isinstance(first, yaml.StreamEndEvent):
            self.fail(first, "the file is empty", "a config has `method:` and `parameters:`")
        node = self.node(next(self.events), 0)
        next(self.events)
        after = next(self.events)
        if not isinstance(after, yaml.StreamEndEvent):
            self.fail(after, "a second document begins", "one file, one sweep: remove the `---`")
        return node

    def node(self, event: yaml.Event, depth: int) -> Node:
        if depth > DEPTH_LIMIT:
            self.fail(event, f"is nested more than {DEPTH_LIMIT} levels deep")
        if next(self.made) > NODE_LIMIT:
            self.fail(event, f"more than {NODE_LIMIT:,} values are too many for a config")
        anchor = event.anchor if isinstance(event, yaml.NodeEvent) else None
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event, str(anchor))
        if anchor:
            self.anchors[anchor] = None
        node = self.fresh(event, depth)
        if anchor:
            self.anchors[anchor] = node
        return node

    def fresh(self, event: yaml.Event, depth: int) -> Node:
        place = place_of(event.start_mark)
        # libyaml lets tabs pass inside brackets; PyYAML's own parser, and so W&B, does not.
        if place[1] <= self.tabs.get(place[0], 0):
            self.fail(event, "a tab stands before this", "indent with spaces")
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(place, event.value, self.kind(event))
        if isinstance(event, yaml.SequenceStartEvent):
            self.expect_tag(event, "seq")
            return Sequence(place, tuple(self.until(yaml.SequenceEndEvent, depth)))
        self.expect_tag(event, "map")
        items = tuple(self.until(yaml.MappingEndEvent, depth))
        return Mapping(place, tuple(zip(items[::2], items[1::2], strict=True)))

    def until(self, end: type[yaml.Event], depth: int) -> Iterator[Node]:
        while not isinstance(event := next(self.events), end):
            yield self.node(event, depth + 1)

    def alias(self, event: yaml.Event, anchor: str) -> Node:
        if anchor not in self.anchors:
            quoted = f"if it is text, put it in quotes: '*{anchor}'"
            self.fail(event, f"no anchor `&{anchor}` stands above the alias `*{anchor}`", quoted)
        node = self.anchors[anchor]
        if node is None:
            self.fail(event, f"the alias `*{anchor}` stands inside its own anchor")
        return node

    def kind(self, event: yaml.ScalarEvent) -> str:
        if event.tag and event.tag != "!":
            return self.known(event, event.tag)
        if not event.implicit[0]:
            return "str"
        # The stubs leave `resolve` bare.
        tag = self.resolver.resolve(yaml.ScalarNode, event.value, (True, False))  # type: ignore[no-untyped-call]
        kind = self.known(event, tag)
        return EXPONENT if kind == "str" and CORE_FLOAT.fullmatch(event.value) else kind

    def known(self, event: yaml.Event, tag: str) -> str:
        kind = tag.removeprefix(_YAML)
        if kind in _TEXTS:
            return "str"
        if kind not in _SCALARS:
            self.fail(event, f"the tag `{tag}` is not known here", "remove it; use plain YAML")
        return kind

    def expect_tag(self, event: yaml.Event, kind: str) -> None:
        tag = event.tag if isinstance(event, yaml.CollectionStartEvent) else None
        if tag not in {None, "!", _YAML + kind}:
            self.fail(event, f"the tag `{tag}` is not known here", "remove it; use plain YAML")

    def fail(self, event: yaml.Event, text: str, fix: str | None = None) -> NoReturn:
        raise failure(self.source, place_of(event.start_mark), text, fix)


def _tabbed(text: str) -> dict[int, int]:
    """Return how far the indentation reaches, as a column, of the lines that have a tab in it."""
    indents = ((line, re.match(r"\s*", words)) for line, words in enumerate(text.splitlines(), 1))
    return {line: len(found[0]) + 1 for line, found in indents if found and "\t" in found[0]}
