"""Runs every benchmark, and says which figures keep their limits: `python -m benchmarks`."""

from __future__ import annotations

import sys

from benchmarks import claims, measuring, run_cost, sdk, startup

HEADINGS = ["", "measured", "target", ""]


def main() -> int:
    """Run all; return 1 if a figure is over its limit."""
    figures = [f for each in (startup, sdk, run_cost, claims) for f in each.main()]
    measuring.show("Summary", HEADINGS, [figure.row() for figure in figures])
    return 0 if all(figure.is_met for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
