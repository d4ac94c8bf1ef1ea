"""What docs/command-lines.md shows of the real parsers: `python tests/parsers_table.py` writes it.

A test compares the page with what the parsers do.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Sequence

from parsers import READERS, STYLE_OF, Option, Refused
from sweepcli.records import JSON
from sweepcli.sweep_config.argument_styles import arguments
from sweepcli.values import leaves

PAGE = os.path.join(os.path.dirname(__file__), "..", "docs", "command-lines.md")
REGION = re.compile(r"(<!-- recorded: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

# Values, each with the type and the default of the program's option.
VALUES: list[tuple[JSON, object, JSON]] = [
    (True, bool, False),
    (False, bool, True),
    (32, int, 1),
    (1e-5, float, 1.0),
    (-1e-5, float, 1.0),
    ("a b", str, "d"),
    ("-a", str, "d"),
    ("1", str, "d"),
    ("", str, "d"),
    ([64, 32], list[int], [1]),
    (["a b", "c,d"], list[str], ["d"]),
    ([], list[int], [1]),
    (None, float | None, 1.0),
    ({"k": "adam"}, str, "sgd"),
    ([[1, 2], [3, 4]], list[list[int]], [[0]]),
]
# The heading of a column, and the parsers whose command line it has.
COLUMNS = {
    "(none): fire": ["fire"],
    "argparse": ["argparse"],
    "click": ["click", "typer"],
    "absl": ["absl"],
    "tyro": ["tyro"],
    "jsonargparse": ["jsonargparse"],
    "hydra": ["hydra"],
}


def forms() -> Iterator[str]:
    """Show how each style writes each value, and where it does not arrive as it is."""
    yield from _head([f"`{name}`" if "(" not in name else name for name in COLUMNS])
    for value, kind, default in VALUES:
        cells = []
        for parsers in COLUMNS.values():
            argv = arguments("args", {"x": value}, STYLE_OF[parsers[0]])
            ends = {name: _end(name, argv, value, kind, default) for name in parsers}
            notes = [f"{name}: {end}" for name, end in ends.items() if end != "yes"]
            if len(set(ends.values())) == 1:
                notes = [end for end in ends.values() if end != "yes"][:1]
            written = " ".join(f"`{text or chr(39) * 2}`" for text in argv) or "nothing"
            cells.append(f"{written} ({'; '.join(notes)})" if notes else written)
        yield _row(_json(value), cells)


def wandb() -> Iterator[str]:
    """Show what the parsers make of W&B's form."""
    yield from _head(list(READERS))
    for value, kind, default in VALUES:
        cells = [_end_of_wandb(name, value, kind, default) for name in READERS]
        yield _row(_json(value), cells)


def lost(parser: str) -> Iterator[tuple[JSON, bool]]:
    """Yield each value with whether a parser does not read W&B's form of it."""
    for value, kind, default in VALUES:
        yield value, _end_of_wandb(parser, value, kind, default) != "yes"


def _end_of_wandb(name: str, value: JSON, kind: object, default: JSON) -> str:
    argv = arguments("args", {"x": value})
    plain = [text.removeprefix("--") for text in argv]
    return _end(name, plain if name == "hydra" else argv, value, kind, default)


def _end(name: str, argv: Sequence[str], value: JSON, kind: object, default: JSON) -> str:
    """Say whether a value arrives, and else what happens."""
    wanted = dict(leaves({"x": value}))
    try:
        found = READERS[name](dict.fromkeys(wanted, Option(kind, default)), argv)
    except Refused:
        return "refused"
    if _json(found) == _json(wanted):
        return "yes"
    (got,) = found.values() or [default]
    return "the program's default" if _json(got) == _json(default) else f"arrives as {_code(got)}"


def _json(value: JSON) -> str:
    return json.dumps(value)


def _code(value: JSON) -> str:
    return f"`{_json(value)}`"


def _head(names: Sequence[str]) -> Iterator[str]:
    yield f"| value | {' | '.join(names)} |"
    yield "|---" * (len(names) + 1) + "|"


def _row(value: str, cells: Sequence[str]) -> str:
    return f"| `{value}` | {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def fresh(page: str) -> str:
    """Return a page with what the parsers do."""
    tables = {"forms": forms, "wandb": wandb}
    return REGION.sub(lambda at: at[1] + "\n" + "\n".join(tables[at[2]]()) + "\n\n" + at[3], page)


if __name__ == "__main__":
    with open(PAGE, encoding="utf-8") as file:
        made = fresh(file.read())
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(made)
    sys.exit(0)
