"""Whether a word is another one, misspelt. Pure; standard library only."""

from __future__ import annotations

import re
from itertools import groupby

LONGEST = 100  # letters; what is longer is no name that somebody has typed
LONGER = 6  # letters that a misspelling may add: two, and what joins words
_JOINTS = str.maketrans("", "", "-_ ")


def is_slip(word: str, known: str, *, is_expected: bool = False) -> bool:
    """Return whether `word` is clearly meant to be `known`, and no word of its own.

    Names that differ by little are often two names: `seed` and `speed`, `data_dir` and `data_dim`,
    `layer1` and `layer2`. `is_expected` says that `known` is what belongs there.
    """
    if abs(len(word) - len(known)) > LONGER or len(known) > LONGEST:
        return False
    if word.isupper() and not known.isupper():  # a variable of the environment
        return False
    words, knowns = word.lower().split("."), known.lower().split(".")
    pairs = [pair for pair in zip(words, knowns, strict=False) if _bare(pair[0]) != _bare(pair[1])]
    if len(words) != len(knowns) or len(pairs) > 1:
        return False
    return not pairs or _is_slip(*pairs[0], is_expected=is_expected)


def _bare(word: str) -> str:
    return word.translate(_JOINTS)


def _is_slip(word: str, known: str, *, is_expected: bool) -> bool:
    one, other = _bare(word), _bare(known)
    if not one or not other or _digits(one) != _digits(other):
        return False
    if _undoubled(one) == _undoubled(other):  # a letter is doubled, or should be
        return is_expected or min(len(one), len(other)) > 1
    if is_expected and distance(one, other) == 1:
        return True
    if sorted(one) == sorted(other) and distance(one, other) == 1:  # letters changed places
        return len(one) > 2
    return one[0] == other[0] and _is_long_enough(distance(one, other), word, known)


def _digits(word: str) -> list[str]:
    return [letter for letter in word if letter.isdigit()]


def _undoubled(word: str) -> str:
    return "".join(letter for letter, _ in groupby(word))


def _is_long_enough(edits: int, word: str, known: str) -> bool:
    """Return whether the part in which two words differ is too long for two words of their own."""
    piece = _differing_piece(word, known)
    shorter, longer = sorted((_bare(word), _bare(known)), key=len)
    if edits == 1 and len(shorter) != len(longer):  # a letter is missing, or too many
        is_plural = longer == f"{shorter}s"
        return piece > 4 or len(shorter) > (9 if is_plural else 7)
    return piece > 5 if edits == 1 else edits == 2 and piece > 8


def _differing_piece(word: str, known: str) -> int:
    """Return the length of the shorter part, between `_`, in which two words differ."""
    words, knowns = re.split(r"[-_ ]", word), re.split(r"[-_ ]", known)
    if len(words) != len(knowns):
        return min(len(word), len(known))
    pairs = zip(words, knowns, strict=True)
    return min((min(len(a), len(b)) for a, b in pairs if a != b), default=0)


def distance(one: str, other: str) -> int:
    """Return how many letters to insert, drop, replace or swap make one word of the other."""
    above: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        two_above, above, row = above, row, [i]
        for j, wanted in enumerate(other, 1):
            best = min(above[j] + 1, row[-1] + 1, above[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                best = min(best, two_above[j - 2] + 1)
            row.append(best)
    return row[-1]
