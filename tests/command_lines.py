"""What the tests of the commands share: a config, and the types of their fixtures."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sweepcli.records import JSON

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

    @property
    def json(self) -> JSON:
        """What a program reads from it."""
        return json.loads(self.out)


class Call(Protocol):
    """Runs a command line, with a config in the file own.yaml if one is given."""

    def __call__(self, line: str, config: str | None = None) -> Answer: ...


Bash = Callable[[str], Answer]
Create = Callable[[str], str]
