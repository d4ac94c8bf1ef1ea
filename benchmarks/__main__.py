"""Runs every benchmark, and says which figures keep their limits: `python -m benchmarks`."""

from __future__ import annotations

from benchmarks import claims, measuring, run_cost, sdk, startup, turnaround, views

HEADINGS = ["", "measured", "target", ""]


def main() -> None:
    """Run all; a figure that is over its limit is said to be so, and no more: machines differ."""
    figures = [
        f for each in (startup, views, sdk, run_cost, turnaround, claims) for f in each.main()
    ]
    measuring.show("Summary", HEADINGS, [figure.row() for figure in figures])


if __name__ == "__main__":
    main()
