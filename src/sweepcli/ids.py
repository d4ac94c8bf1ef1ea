"""Fresh ids for sweeps, runs and agents. Leaf module: `os` alone."""

from __future__ import annotations

import os

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
LENGTH = 8


def new_id() -> str:
    """Return eight random lower-case letters and digits, as W&B's ids are."""
    number = int.from_bytes(os.urandom(8), "big")
    letters = []
    for _ in range(LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[digit])
    return "".join(letters)
