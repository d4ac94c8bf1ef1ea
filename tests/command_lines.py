"""What the tests of the commands share: a config, and the types of their fixtures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

# Tries 3, 1 and 2; logs each as the loss; fails on 2.
CONFIG = """\
method: grid
metric: {name: loss}
command: [sh, -c, 'echo tried ${x}; echo "{\\"loss\\": ${x}}" >> $SWEEPCLI_EVENTS; test ${x} != 2']
parameters: {x: {values: [3, 1, 2]}}
"""


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


Call = Callable[[str], Answer]
