r"""Characters of a pattern that mean something in a regular expression, and look as if printed.

`acc ({acc}%)` is meant to match `acc (93.1%)`, and does not: brackets are a group. What people
write on purpose is left alone: `\d+`, `.*`, `(train|val)`, `loss:? {loss}`, `[0-9]`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.sweep_config import patterns
from sweepcli.sweep_config.problems import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.sweep_config.patterns import Pattern

SPECIAL = frozenset("\\.^$*+?()[]|")
_NAME = r"\{[A-Za-z_][\w./-]*"
_TOKEN = rf"""(?sx)
    (?P<name>{_NAME}\}})
    | (?P<form>{_NAME}[:!=][^{{}}]*\}})  # as in Python's own templates
    | (?P<escape>\\.)
    | (?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])
    | (?P<open>\((?:\?(?:P?<[^>]*>|P=|<?[=!]|[:>]|[a-zA-Z-]*:?))?)
    | (?P<close>\))
    | (?P<bar>\|)
    | (?P<repeat>(?:[*+?]|\{{\d+(?:,\d*)?\}}|\{{,\d+\}})[?+]?)
    | (?P<anchor>[\^$])
    | (?P<text>.)"""
_EDGE = frozenset(" \t:;,|()[]")  # what may stand beside brackets that are printed


class Token(NamedTuple):
    """A part of a pattern."""

    kind: str
    text: str


def doubt(pattern: Pattern) -> tuple[str, str] | None:
    """Return what in a pattern does not match itself, though it looks so, and how to write that."""
    better = _compiled(mended(pattern.text))
    if better is None:
        return None
    line = sample(pattern.text)
    wanted = better.values(line)
    is_unread = wanted and pattern.values(line) != wanted
    so = f", so the line {quoted(line)} is not read" if is_unread else ""
    return f"{_what(pattern.text)}{so}", f"to match what is printed, write {quoted(better.text)}"


def instead(text: str) -> str | None:
    """Return how to write a pattern that is no regular expression, if it is meant as text."""
    for each in (mended(text), escaped(text)):
        if each != text and _compiled(each):
            return f"to match what is printed, write {quoted(str(each))}"
    return None


def readings(text: str) -> list[str]:
    r"""Return the patterns of what a person types: itself, and as text where that is another one.

    `acc (%): {acc}` matches the line that it looks like, too. A backslash is only meant as such.
    """
    if "\\" in text:
        return [text]
    plain, pattern, line = patterns.compiled(escaped(text)), _compiled(text), sample(text)
    if pattern is None:
        return [plain.text]
    return [text] if pattern.values(line) == plain.values(line) else [text, plain.text]


def _compiled(text: str | None) -> Pattern | None:
    try:
        return None if text is None else patterns.compiled(text)
    except ValueError:
        return None


def _what(pattern: str) -> str:
    """Return what does not match itself."""
    tokens = _tokens(pattern)
    printed = [tokens[place] for place in sorted(_printed(tokens))]
    if forms := [each.text for each in printed if each.kind == "form"]:
        return f"{forms[0]} in {quoted(pattern)} finds no number: braces hold a name alone"
    marks = dict.fromkeys(mark for each in printed for mark in each.text if mark in SPECIAL)
    are = f"{' '.join(marks)} {'is' if len(marks) == 1 else 'are'}"
    return f"{are} not matched as text in {quoted(pattern)}: a pattern is a regular expression"


def mended(pattern: str) -> str | None:
    """Return a pattern with a backslash before all that looks as if printed; None if nothing does.

    It need not be a regular expression yet.
    """
    tokens = _tokens(pattern)
    found = _printed(tokens)
    result = "".join(
        _as_printed(each) if place in found else each.text for place, each in enumerate(tokens)
    )
    return result if result != pattern else None


def escaped(pattern: str) -> str:
    """Return a pattern in which nothing but the `{name}`s means anything."""
    parts = re.split(f"({_NAME}\\}})", pattern)
    return "".join(part if place % 2 else escape(part) for place, part in enumerate(parts))


def sample(pattern: str, number: str = "0.5") -> str:
    """Return the line that a pattern would match if it were text."""
    return re.sub(rf"{_NAME}(?:[:!=][^{{}}]*)?\}}", number, pattern)


def _tokens(pattern: str) -> list[Token]:
    return [Token(str(each.lastgroup), each[0]) for each in re.finditer(_TOKEN, pattern)]


def escape(text: str) -> str:
    """Return a pattern that matches a text."""
    return "".join(f"\\{each}" if each in SPECIAL else each for each in text)


def _as_printed(token: Token) -> str:
    if token.kind == "form":
        return re.split("[:!=]", token.text, maxsplit=1)[0] + "}"
    return escaped(token.text) if token.kind == "set" else escape(token.text)


def _printed(tokens: Sequence[Token]) -> set[int]:
    """Return the places of the tokens that look as if printed."""
    found = {place for place, each in enumerate(tokens) if each.kind == "form" or _is_lone(each)}
    for place, each in enumerate(tokens):
        before = tokens[place - 1] if place else None
        after = tokens[place + 1] if place + 1 < len(tokens) else None
        is_printed = _IS_PRINTED.get(each.kind)
        if is_printed and is_printed(each, before, after):
            found.add(place)
        if each.kind == _kind(before) == "repeat" and place - 1 in found:
            found.add(place)
    found |= _tables(tokens)
    return found | _brackets(tokens, found)


def _kind(token: Token | None) -> str:
    """Return the kind of the token before; nothing at the start."""
    return token.kind if token else ""


def _is_lone(token: Token) -> bool:
    return token.kind == "text" and token.text in "[\\"


def _is_printed_set(token: Token, before: Token | None, after: Token | None) -> bool:
    inner = token.text[1:-1]
    if re.search(f"{_NAME}\\}}", inner):
        return True  # no set can hold a number
    ranges = [(low, high) for low, high in re.findall(r"(\w)-(\w)", inner)]
    if any(low > high for low, high in ranges):
        return True
    if ranges or inner.startswith("^") or "\\" in inner or not re.search(r"\w", inner):
        return False
    return _is_edge(before, -1) and _is_edge(after, 0)


def _is_edge(token: Token | None, place: int) -> bool:
    return token is None or (token.kind != "repeat" and token.text[place] in _EDGE)


def _is_printed_repeat(token: Token, before: Token | None, after: Token | None) -> bool:
    if token.text[0] == "{":
        return False
    if before is None or before.kind in ("open", "bar", "name", "form"):
        return True
    if before.kind == "repeat":
        return True  # a repetition of a repetition is none
    if before.kind != "text" or not before.text.isalpha():
        return False
    # Of `?` nobody can tell: `losses? {loss}` is meant, as is `loss:? {loss}`.
    return token.text == "*" or (token.text[0] == "+" and _is_letter(after, token))


def _is_letter(after: Token | None, token: Token) -> bool:
    return token.text == "++" or (after is not None and after.text.isalpha())


def _is_printed_anchor(token: Token, before: Token | None, after: Token | None) -> bool:
    if token.text == "^":
        return before is not None and before.kind not in ("open", "bar")
    if after is not None:
        return after.kind not in ("close", "bar")
    return before is not None and before.text == " "


def _is_printed_bar(_: Token, before: Token | None, after: Token | None) -> bool:
    """Return whether a bar has a space on both sides: `loss {loss} | acc {acc}`."""
    sides = (before, after)
    return all(each is not None and each.text == " " for each in sides)


_IS_PRINTED = {
    "set": _is_printed_set,
    "repeat": _is_printed_repeat,
    "anchor": _is_printed_anchor,
    "bar": _is_printed_bar,
}


def _tables(tokens: Sequence[Token]) -> set[int]:
    """Return the bars outside of groups, if there is nothing beside one: `| loss | {loss} |`."""
    depth, bars, parts = 0, set[int](), [""]
    for place, each in enumerate(tokens):
        depth += (each.kind == "open") - (each.kind == "close")
        if each.kind == "bar" and depth == 0:
            bars.add(place)
            parts.append("")
        else:
            parts[-1] += each.text
    return bars if bars and not all(part.strip() for part in parts) else set()


def _brackets(tokens: Sequence[Token], printed: set[int]) -> set[int]:
    """Return the round brackets that are not closed, not opened, or group nothing on purpose."""
    if any(each.kind == "escape" and each.text[1].isdigit() for each in tokens):
        return set()  # a group is referred to
    found, begun = set[int](), list[int]()
    for place, each in enumerate(tokens):
        if each.kind == "open":
            begun.append(place)
        elif each.kind == "close" and not begun:
            found.add(place)
        elif each.kind == "close":
            start = begun.pop()
            if not _is_group(tokens, start, place, printed):
                found |= {start, place}
    return found | {place for place in begun if tokens[place].text == "("}


def _is_group(tokens: Sequence[Token], start: int, end: int, printed: set[int]) -> bool:
    r"""Return whether round brackets change what is matched, or are a habit: `(\d+)`."""
    is_repeated = end + 1 < len(tokens) and tokens[end + 1].kind == "repeat"
    if tokens[start].text != "(" or is_repeated:
        return True
    return any(
        _has_meaning(tokens[place]) for place in range(start + 1, end) if place not in printed
    )


def _has_meaning(token: Token) -> bool:
    if token.kind == "escape":
        return token.text[1].isalnum()
    return token.kind in ("set", "bar", "repeat", "anchor")
