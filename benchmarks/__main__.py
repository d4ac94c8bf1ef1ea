"""Runs every benchmark, and says which figures keep their limits: `python -m benchmarks`."""

from __future__ import annotations

from benchmarks import (
    claims,
    code_cost,
    importance,
    measuring,
    run_cost,
    sdk,
    startup,
    turnaround,
    views,
)

HEADINGS = ["", "measured", "target", ""]


def main() -> None:
    """Run all; a figure that is over its limit is said to be so, and no more: machines differ."""
    everything = (startup, views, sdk, run_cost, code_cost, turnaround, claims, importance)
    figures = [figure for each in everything for figure in each.main()]
    measuring.show("Summary", HEADINGS, [figure.row() for figure in figures])


if __name__ == "__main__":
    main()
