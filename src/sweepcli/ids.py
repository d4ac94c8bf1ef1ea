"""Fresh ids for sweeps, runs and agents, and what scripts use of `wandb.util`.

Leaf module: it imports only `os`.
"""

from __future__ import annotations

import os

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


def new_id(length: int = 8) -> str:
    """Return random lower-case letters and digits, eight of them as in W&B's ids."""
    number = int.from_bytes(os.urandom(length), "big")
    letters = []
    for _ in range(length):
        number, digit = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[digit])
    return "".join(letters)


generate_id = new_id  # W&B's name
