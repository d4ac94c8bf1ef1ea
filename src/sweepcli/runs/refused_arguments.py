"""What to do where a program refused the arguments that a sweep gave it, by what it said."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sweepcli.runs import program_parser
from sweepcli.sweep_config import command, parsers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sweepcli.records import SweepConfig

# What programs say that got other arguments than they read, with the parser that may say so.
_SAID = {
    r"unrecognized arguments: --": parsers.HYDRA,
    r"does not take a value": parsers.CLICK,
    r"Flags parsing error": parsers.ABSL,
    r"Unrecognized options: |Error parsing --": parsers.TYRO,
    r"Parser key |Expected an? <class|Does not validate": parsers.JSONARGPARSE,
    r"ignored explicit argument|invalid \w+ value: |invalid choice: ": parsers.ARGPARSE,
    r"[Nn]o such option|Invalid value for '": parsers.CLICK,
}


def hint(config: SweepConfig, causes: Iterable[str]) -> str | None:
    """Return which form of ${args} a program wants whose runs failed for these causes.

    None if they failed for something else, or if another form would not help.
    """
    if config.args_style or not command.uses(config.command, "args"):
        return None
    said = (parser for cause in causes for text, parser in _SAID.items() if re.search(text, cause))
    parser = next(said, None)
    if parser is None:
        return None
    if program_parser.of(config) is not None:
        advice = program_parser.advice(config)
        return advice and advice.words
    return (
        f"command: its program refused its arguments: if {parser.name} reads them, "
        f"add `args_style: {parser.style}`"
    )
