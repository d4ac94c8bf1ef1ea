"""Measures how far the stores carry: `python -m benchmarks.scale`, half an hour for all parts.

Floors and peers are measured in the same run; the load of the machine stands beside the rest.
"""

from __future__ import annotations

import argparse
import signal
import sys
from typing import TYPE_CHECKING, NamedTuple

from benchmarks import measuring
from benchmarks.scale import kinds, large, rates, searching, steady

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.measuring import Figure
    from benchmarks.scale.kinds import Kind

HEADINGS = ["", "measured", "target", ""]
PARTS = ("rates", "searching", "large", "steady")


class Sizes(NamedTuple):
    """How large all of it is."""

    rates: rates.Sizes = rates.Sizes()
    searching: searching.Sizes = searching.Sizes()
    large: large.Sizes = large.Sizes()
    steady: steady.Sizes = steady.Sizes()


QUICK = Sizes(
    rates.Sizes((1, 8), window_s=0.5, rounds=1),
    searching.Sizes(8, 0.2, 1.0, (0, 20)),
    large.Sizes(2_000, 20, 0.5, rounds=1),
    steady.Sizes((20,), window_s=1.0, real=8, herd=8, settle_s=1.0),
)


def main(words: Sequence[str] | None = None) -> None:
    """Run the parts that are asked for; tell which figures keep their limits."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; default: all")
    parser.add_argument("--quick", action="store_true", help="small sizes: a taste, a minute")
    parser.add_argument("--runs", type=int, help="of the large sweep")
    parser.add_argument("--rows", type=int, help="of history, of each of its runs")
    given = parser.parse_args(words)
    if unknown := set(given.parts) - set(PARTS):
        parser.error(f"{min(unknown)} is no part; there are {', '.join(PARTS)}")
    # Ended so as well, it leaves neither a server nor agents behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    sizes = QUICK if given.quick else Sizes()
    wanted = sizes.large._replace(
        runs=given.runs or sizes.large.runs, rows=given.rows or sizes.large.rows
    )
    with kinds.every() as found:
        figures = measure(found, given.parts or PARTS, sizes._replace(large=wanted))
    measuring.show("Summary", HEADINGS, [figure.row() for figure in figures])


def measure(found: Sequence[Kind], parts: Sequence[str], sizes: Sizes) -> list[Figure]:
    """Run parts on kinds of stores; return the figures that have a target."""
    figures: list[Figure] = []
    if "rates" in parts:
        figures += rates.main(found, sizes.rates)
    if "searching" in parts:
        figures += searching.main(found, sizes.searching)
    if "large" in parts:
        figures += large.main(found, sizes.large)
    if "steady" in parts:
        for kind in found:
            if isinstance(kind, kinds.Databases):
                steady.main(kind, sizes.steady)
    return figures


if __name__ == "__main__":
    main()
