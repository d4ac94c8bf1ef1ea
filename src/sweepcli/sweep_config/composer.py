"""PyYAML's composer over the events of its faster parser, with our limits: text to nodes.

It may not nest too deeply for Python's stack, no tag makes anything but plain data, and `1e-5` is
a number, as YAML 1.2 and W&B's service have it.
"""

from __future__ import annotations

import re
from itertools import count

import yaml
import yaml.composer
from yaml.resolver import Resolver

from sweepcli.sweep_config import yaml_errors
from sweepcli.sweep_config.yaml_errors import place_of

NODE_LIMIT = 100_000
DEPTH_LIMIT = 100  # Python's own stack is the thing to protect
# What YAML 1.2 reads as a float and PyYAML leaves as text.
CORE_FLOAT = re.compile(r"[-+]?([0-9]+\.?[0-9]*[eE][-+]?[0-9]+|\.[0-9]+([eE][-+]?[0-9]+)?)\Z")

YAML = "tag:yaml.org,2002:"
EXPONENT = "exponent"  # our own tag for such a float: the checks have advice on some
_SCALARS = {"null", "bool", "int", "float", "str", "merge", "timestamp", "value"}
_TAGS = {  # the tags that may be written
    yaml.ScalarEvent: {None, "!", *(YAML + kind for kind in _SCALARS)},
    yaml.SequenceStartEvent: {None, "!", f"{YAML}seq"},
    yaml.MappingStartEvent: {None, "!", f"{YAML}map"},
}
MARKS = ("'", '"', "[", "{")  # what begins with none of them, and is on its own, is a scalar
_Parser = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def composed(text: str, name: str) -> yaml.Node | None:
    """Return the node that a text is; raise ConfigError with the place of an error."""
    try:
        node: yaml.Node | None = Composer(text, name).get_single_node()
    except yaml.YAMLError as error:
        raise yaml_errors.explained(error, text, name) from None
    return node


def plain(text: str) -> yaml.ScalarNode:
    """Return the node that a text is if it stands without quotes, whatever is in it."""
    tag = Composer("", "").resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]  # PyYAML's
    return yaml.ScalarNode(tag, text)


class Composer(yaml.composer.Composer, Resolver):
    """PyYAML's composer over the events of its faster parser, with our limits."""

    def __init__(self, text: str, name: str) -> None:
        yaml.composer.Composer.__init__(self)
        Resolver.__init__(self)
        parser = _Parser(text)
        self.check_event, self.get_event = parser.check_event, parser.get_event
        self.peek_event = parser.peek_event
        self.name = name
        self.tabs = _tabbed(text)
        self.depth, self.made = 0, count(1)

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()
        if said := self.refusal(event):
            raise yaml_errors.failure(self.name, place_of(event.start_mark), *said)
        if not isinstance(event, yaml.AliasEvent):
            self.anchors.pop(event.anchor, None)  # an anchor may be defined again
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def refusal(self, event: yaml.Event) -> tuple[str, str | None] | None:
        """Return why a node cannot be part of a config, and the fix; None if it can."""
        line, column = place_of(event.start_mark)
        if self.depth > DEPTH_LIMIT:
            return f"this is nested more than {DEPTH_LIMIT} levels deep", None
        if next(self.made) > NODE_LIMIT:
            return f"the file holds more than {NODE_LIMIT:,} values, too many for a config", None
        if isinstance(event, yaml.AliasEvent):
            return self.refusal_of_alias(str(event.anchor))
        # libyaml lets tabs pass inside brackets; PyYAML's own parser, and so W&B, does not.
        if column <= self.tabs.get(line, 0):
            return "there is a tab before this", "indent with spaces"
        tag = getattr(event, "tag", None)
        if tag not in _TAGS[type(event)]:
            return f"the tag `{tag}` is not supported", "remove it; use plain YAML"
        return None

    def refusal_of_alias(self, anchor: str) -> tuple[str, str | None] | None:
        if anchor not in self.anchors:
            quoted = f"if it is text, put it in quotes: '*{anchor}'"
            return f"the alias `*{anchor}` has no anchor `&{anchor}` above it", quoted
        is_closed = self.anchors[anchor].end_mark is not None
        return None if is_closed else (f"the alias `*{anchor}` is inside its own anchor", None)


Composer.add_implicit_resolver(YAML + EXPONENT, CORE_FLOAT, list("-+.0123456789"))


def _tabbed(text: str) -> dict[int, int]:
    """Return how far the indentation reaches, as a column, of the lines that have a tab in it."""
    indents = ((line, re.match(r"\s*", words)) for line, words in enumerate(text.splitlines(), 1))
    return {line: len(found[0]) + 1 for line, found in indents if found and "\t" in found[0]}
