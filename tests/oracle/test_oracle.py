"""Compare us with W&B's engine, as `record_sweeps.py` recorded it.

Every place where we mean to differ is named below; anything else is a failure.
"""

from __future__ import annotations

import json
import os

import pytest

from sweepcli.records import JSON, SweepConfig
from sweepcli.search import grid
from sweepcli.sweep_config import parameters
from sweepcli.sweep_config.distributions import DISTRIBUTIONS, Settings

with open(os.path.join(os.path.dirname(__file__), "sweeps-0.3.0.json"), encoding="utf-8") as file:
    TABLE = json.load(file)

# Both sides round: the engine's own inverse log forms subtract from 1, and a beta distribution
# of large shapes cancels digits on either side.
TOLERANCE = {"beta": 3e-14, "inv_log_uniform_values": 3e-14}
CLOSE = 1e-14

# Intended differences of single values, by the reason.
OURS_INSIDE_BOUNDS = "a quantised value stays inside min and max; the engine's leaves them"

# Intended differences of whole grids: name of the space -> what we do.
MAXIMUM_INCLUDED = {"steps up to max": "the maximum is a step like the others; the engine drops it"}
EXACT_DECIMALS = {"steps in decimals": "0.3, where the engine's sums drift to 0.30000000000000004"}


def label(curve: JSON) -> str:
    return f"{curve['distribution']} {curve['settings']}"


def difference(ours: JSON, theirs: JSON, settings: Settings) -> str | None:
    """Return the reason why two values may differ, None if none is known."""
    low, high = settings.get("min"), settings.get("max")
    if "q" in settings and low is not None and not low <= theirs <= high and low <= ours <= high:
        return OURS_INSIDE_BOUNDS
    return None


def same(ours: JSON, theirs: JSON, tolerance: float) -> bool:
    if isinstance(theirs, float):
        return type(ours) is float and ours == pytest.approx(theirs, rel=tolerance, abs=0)
    return type(ours) is type(theirs) and bool(ours == theirs)


@pytest.mark.parametrize("curve", TABLE["curves"], ids=label)
def test_values_are_those_of_the_engine(curve: JSON) -> None:
    row = DISTRIBUTIONS[curve["distribution"]]
    settings = {**row.defaults, **curve["settings"]}
    tolerance = TOLERANCE.get(curve["distribution"], CLOSE)

    for x, theirs in zip(TABLE["x"][curve["distribution"]], curve["ppf"], strict=True):
        ours = row.ppf(x, settings)
        assert same(ours, theirs, tolerance) or difference(ours, theirs, settings), x


@pytest.mark.parametrize("curve", TABLE["curves"], ids=label)
def test_cumulative_probabilities_are_those_of_the_engine(curve: JSON) -> None:
    row = DISTRIBUTIONS[curve["distribution"]]
    settings = {**row.defaults, **curve["settings"]}
    tolerance = TOLERANCE.get(curve["distribution"], CLOSE)

    for value, theirs in zip(curve["ppf"], curve["cdf"], strict=True):
        if theirs is not None:
            assert row.cdf(value, settings) == pytest.approx(theirs, rel=tolerance, abs=0), value


@pytest.mark.parametrize("name", TABLE["grids"])
def test_grids_come_in_the_order_of_the_engine(name: str) -> None:
    space, theirs = TABLE["grids"][name]["parameters"], TABLE["grids"][name]["cells"]
    config = SweepConfig("grid", parameters.flatten(space))

    ours = [suggestion.params for suggestion in grid.suggest(config, [], 1000)]

    if name in MAXIMUM_INCLUDED:
        *ours, last = ours
        assert last["q"] == space["q"]["max"]
    if name in EXACT_DECIMALS:
        theirs = [{"q": round(cell["q"], 9)} for cell in theirs]
    assert [sorted_text(cell) for cell in ours] == [sorted_text(cell) for cell in theirs]


def sorted_text(cell: JSON) -> str:
    """Return the cell's JSON, types and all: 1 is not 1.0."""
    return json.dumps(cell, sort_keys=True)


def test_only_bounds_make_our_values_differ() -> None:
    curves = {c["distribution"]: c for c in TABLE["curves"] if c["settings"].get("q") == 16}
    curve = curves["q_log_uniform_values"]

    lowest = [v for v in curve["ppf"] if v < curve["settings"]["min"]]

    assert lowest
    assert DISTRIBUTIONS[curve["distribution"]].ppf(0.001, curve["settings"]) == 16
