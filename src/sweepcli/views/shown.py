"""Values, names and command lines as people read them: text as text, on one line. Pure.

What is invisible is escaped: nothing commands a terminal, and a value can be read back. With
`longest`, what is longer is cut.
"""

from __future__ import annotations

import json
import math
import shlex
from typing import TYPE_CHECKING

from sweepcli import printed
from sweepcli.values import leaves
from sweepcli.views import render, terminal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sweepcli.records import JSON, Params

MARK = "…"
ASCII, BYTES = 0x80, 0xDC00  # the first character beyond ASCII; where bytes that are no text are
LAST_BYTE, LAST_SHORT = 0xDCFF, 0xFFFF


def value(given: JSON, longest: int | None = None) -> str:
    """Return a param: text in quotes where it needs them, anything else as JSON."""
    if not isinstance(given, str):
        return _cut(_json(given), longest)
    is_plain = given and " " not in given and printed.is_visible(given)
    return _cut(given, longest) if is_plain else _cut(given, longest, quote='"')


def params(given: Params, longest: int | None = None) -> str:
    """Return params on one line."""
    return pairs(leaves(given), longest)


def pairs(given: Iterable[tuple[str, JSON]], longest: int | None = None) -> str:
    """Return names and values on one line."""
    return " ".join(f"{printed.escaped(name)}={value(each, longest)}" for name, each in given)


def cell(given: JSON) -> str:
    """Return a value for a table: numbers short, nothing for None."""
    if isinstance(given, float) and math.isfinite(given):
        text = render.number(given)
        return f"{text}.0" if text.lstrip("-").isdigit() else text
    if given is None or type(given) is int:
        return render.cell(given)
    text = given if isinstance(given, str) else _json(given).strip('"')
    is_plain = text.isascii() and text.isprintable()  # as most cells of a large table
    return text if is_plain or printed.is_visible(text) else _json(text)


def within(given: JSON, text: str, width: int) -> str:
    """Return the text of a value in so many cells: its ends, of a list whole elements only."""
    if terminal.cells(text) <= width:
        return text
    if not isinstance(given, dict | list):
        return terminal.cut_middle(text, width)
    start = terminal.exactly(text, max(0, width - len(f" {MARK}")))
    elements = start[: start.rfind(",") + 1]
    return f"{elements} {MARK}" if elements else f"{start[:1]}{MARK}"[:width]


def command(argv: Sequence[str], given: Params, longest: int | None = None) -> str:
    """Return the command line of a run with these params, to be pasted into a shell.

    With `longest`, the long params in it are cut.
    """
    words = list(argv)
    if longest is not None:
        for text in _long_texts(given, longest):
            words = [word.replace(text, text[: longest - 1] + MARK) for word in words]
    return for_shell(shlex.join(words))


def for_shell(line: str) -> str:
    """Return words that are quoted for a shell, with what is invisible as bash and zsh write it."""
    if printed.is_visible(line):
        return line
    # `shlex` puts all such characters between single quotes, which are closed and opened again.
    return "".join(
        each if printed.is_visible(each) else f"'$'{_shell_escape(each)}''" for each in line
    )


def _shell_escape(character: str) -> str:
    code = ord(character)
    if BYTES < code <= LAST_BYTE:
        return f"\\x{code - BYTES:02x}"
    if code < ASCII:
        return printed.escaped(character)
    return f"\\u{code:04x}" if code <= LAST_SHORT else f"\\U{code:08x}"


def _json(given: JSON) -> str:
    """Return JSON in which text stays as it is, but for what is invisible."""
    text = json.dumps(given, ensure_ascii=False)
    if printed.is_visible(text):
        return text
    return "".join(each if printed.is_visible(each) else json.dumps(each)[1:-1] for each in text)


def _cut(text: str, longest: int | None, quote: str = "") -> str:
    """Return a text, in quotes or not; of one that is cut, the beginning and the length."""
    is_long = longest is not None and len(text) > longest
    found = text[: longest - 1] if longest is not None and is_long else text
    if quote:
        found = _json(found)[1:-1]
    if longest is not None:
        found = terminal.cut(found + MARK if is_long else found, longest)
    length = f" ({len(text):,} characters)" if longest and len(text) > 2 * longest else ""
    return f"{quote}{found}{quote}{length}"


def _long_texts(given: Params, longest: int) -> Iterator[str]:
    """Yield the long params in the forms in which command lines have them."""
    for each in (*given.values(), *(leaf for _, leaf in leaves(given))):
        forms = (str(each), json.dumps(each).strip('"'))
        yield from (text for text in forms if len(text) > longest)
