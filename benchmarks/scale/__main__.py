"""Measures how far the stores carry: `python -m benchmarks.scale`, minutes; `--quick` a taste."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from benchmarks import measuring
from benchmarks.scale import kinds, rates, searching, steady

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.measuring import Figure

HEADINGS = ["", "measured", "target", ""]
PARTS = ("rates", "searching", "large", "steady")


def main(words: Sequence[str] | None = None) -> list[Figure]:
    """Run the parts that are asked for; return the figures that have a target."""
    parser = argparse.ArgumentParser(prog="benchmarks.scale", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], help="default: all of them")
    parser.add_argument("--quick", action="store_true", help="small sizes, short windows")
    given = parser.parse_args(words)
    figures: list[Figure] = []
    with kinds.every() as found:
        if "rates" in given.parts:
            figures += rates.main(found, (1, 8, 16, 64), 3.0, 3)
        if "searching" in given.parts:
            figures += searching.main(found, 64, 15.0)
        if "steady" in given.parts and len(found) > 1:
            steady.main(found[1], steady.Sizes())
    measuring.show("Summary", HEADINGS, [figure.row() for figure in figures])
    return figures


if __name__ == "__main__":
    main()
