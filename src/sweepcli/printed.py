"""What a terminal shows of text that others wrote, and text that cannot command one.

Leaf module, also loaded inside the training process: it imports nothing of ours, and `re` only
for text that has invisible characters.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

# What commands a terminal: sequences that begin with ESC, or with one of the characters C1, which
# stand for ESC and a letter. Those with a text (titles, links, the clipboard) are taken whole; of
# one without an end no text is taken, since what follows may be ours.
SEQUENCE = (
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI: colours, and the movements of the cursor
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x80-\x9f\n]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-OQ-WYZ\\`-~]"
)
# Letters without a shape, which Python counts as printable.
BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")


def seen(line: bytes) -> bytes:
    """Return the visible part of a line: a progress bar returns to its start and overwrites it."""
    return line.rstrip(b"\r").rpartition(b"\r")[2]


def is_visible(text: str) -> bool:
    """Return whether every character of a text can be seen, spaces included."""
    return text.isprintable() and (text.isascii() or BLANK.isdisjoint(text))


def without_sequences(text: str) -> str:
    """Return text without the sequences that command a terminal, such as colours."""
    if text.isprintable():
        return text
    import re  # noqa: PLC0415 -- not in a training process, for most texts

    return re.sub(SEQUENCE, "", text)


def escaped(text: str, *, kept: str = "") -> str:
    """Return a text with its invisible characters escaped, but for those in `kept`."""
    if is_visible(text):
        return text
    return "".join(each if is_visible(each) or each in kept else _escape(each) for each in text)


def harmless(text: str) -> str:
    """Return a text that cannot command a terminal, nor hide what it says; its lines stay.

    Everything that is written for people goes through this once. The sequences that terminals
    obey are removed; all else that is invisible is shown escaped.
    """
    if is_visible(text):
        return text
    return escaped(without_sequences(text.replace("\r\n", "\n")), kept="\n\t")


def listed(texts: Sequence[str], most: int) -> str:
    """Return the first of some texts, and how many more there are."""
    shown = ", ".join(texts[:most])
    return f"{shown} and {len(texts) - most} more" if len(texts) > most else shown


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
