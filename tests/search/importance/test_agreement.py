"""Ours beside Optuna's fANOVA, which is scikit-learn's forest and the paper's shares of each tree.

Optuna's shares have the sum 1, without interactions; so ours are compared in the same way.
Parameters on a log scale are left out: Optuna weighs these by their plain values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import optuna
import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

import landscapes
from landscapes import ALL, KNOWN, Landscape
from sweepcli.records import JSON, Run
from sweepcli.search import importance

RUNS = 300
WITHIN = 0.20  # of each other; where the truth is known, ours are the nearer ones
CLEARLY = 0.10  # shares that differ by more than this have one order


def distribution(settings: Mapping[str, JSON]) -> optuna.distributions.BaseDistribution:
    if "values" in settings:
        return CategoricalDistribution(settings["values"])
    if isinstance(settings["min"], int):
        return IntDistribution(settings["min"], settings["max"])
    return FloatDistribution(settings["min"], settings["max"])


def of_optuna(landscape: Landscape, runs: Sequence[Run]) -> dict[str, float]:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study()
    kinds = {name: distribution(each) for name, each in landscape.parameters.items()}
    for run in runs:
        study.add_trial(
            optuna.trial.create_trial(params=run.params, distributions=kinds, value=run.value)
        )
    evaluator = optuna.importance.FanovaImportanceEvaluator(seed=0)
    return normalised(evaluator.evaluate(study))


def normalised(shares: Mapping[str, float]) -> dict[str, float]:
    total = sum(shares.values())
    return {name: share / total for name, share in shares.items()}


@cache
def both(name: str) -> tuple[dict[str, float], dict[str, float]]:
    """Return our shares and Optuna's of the same runs of a landscape."""
    landscape = ALL[name]
    config = landscapes.config(landscape.parameters)
    runs = landscapes.played(config, landscape.loss, RUNS)
    ours = {each.name: each.share for each in importance.of(config, runs).parameters}
    return normalised(ours), of_optuna(landscape, runs)


@pytest.mark.slow
@pytest.mark.parametrize("name", ALL)
def test_shares_agree_with_optunas(name: str) -> None:
    ours, theirs = both(name)

    assert ours == pytest.approx(theirs, abs=WITHIN)
    for one in ours:
        for other in ours:
            if theirs[one] > theirs[other] + CLEARLY:
                assert ours[one] > ours[other], (one, other)


@pytest.mark.slow
@pytest.mark.parametrize("name", KNOWN)
def test_shares_are_nearer_to_the_truth_than_optunas_or_as_near(name: str) -> None:
    truth = normalised(KNOWN[name].shares or {})
    ours, theirs = (max(abs(shares[each] - truth[each]) for each in truth) for shares in both(name))
    assert ours < theirs + 0.02
