"""What it costs to tell which parameters matter: beside Optuna's fANOVA on the same runs.

`python -m benchmarks.importance`. Optuna and scikit-learn come with the tests (`make test`);
without them there is nothing to compare with.
"""

from __future__ import annotations

import math
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

from benchmarks import measuring
from benchmarks.measuring import Figure
from sweepcli.records import Run, RunState
from sweepcli.search import importance, random
from sweepcli.sweep_config import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.measuring import Usage
    from sweepcli.records import SweepConfig

COUNTS = (200, 1_000)
ROUNDS = 7
PARAMETERS = 10
OURS, OPTUNA = "sweepcli", "Optuna's fANOVA"


def main() -> list[Figure]:
    """Measure and print what importance costs."""
    figures, rows = [], []
    config = _config()
    for count in COUNTS:
        runs = _runs(config, count)
        found = {OURS: _measured(partial(importance.of, config, runs), ROUNDS)}
        if find_spec("optuna") and find_spec("sklearn"):
            found[OPTUNA] = _measured(_optunas(runs), 1)  # seconds, and many of them
            ratio = found[OURS].cpu_s / found[OPTUNA].cpu_s
            figures.append(Figure(f"importance, {count:,} runs", ratio, 0.1, "x Optuna's"))
        rows += [_row(name, count, usage, found[OURS]) for name, usage in found.items()]
    title = f"Importance of {PARAMETERS} parameters, ms"
    measuring.show(title, ["", "runs", "wall", "CPU", "ratio"], rows)
    if not figures:
        print("  Optuna and scikit-learn are not installed: there is no comparison")
    return figures


def _row(name: str, count: int, usage: Usage, ours: Usage) -> list[str]:
    return [name, f"{count:,}", *measuring.milliseconds(usage), measuring.ratio(usage, ours)]


def _measured(function: Callable[[], object], rounds: int) -> Usage:
    return measuring.in_turn({"": partial(measuring.call, function)}, rounds=rounds)[""]


def _config() -> SweepConfig:
    unit = {"min": 0.0, "max": 1.0}
    return parse.parse(
        {
            "method": "random",
            "metric": {"name": "loss", "goal": "minimize"},
            "parameters": {f"p{i}": unit for i in range(PARAMETERS)},
        }
    )


def _runs(config: SweepConfig, count: int) -> list[Run]:
    """Return finished runs whose loss has a strong, some weak and some idle parameters."""
    runs = []
    for i, each in enumerate(random.suggest(config, [], count)):
        x = each.params
        noise = 0.3 * random.uniform(1, i, ("noise",))
        loss = math.sin(5 * x["p0"]) + x["p1"] * x["p2"] + 0.3 * x["p3"] + noise
        runs.append(Run(f"r{i}", "s", i + 1, each.key, RunState.FINISHED, x, 1, value=loss))
    return runs


def _optunas(runs: Sequence[Run]) -> Callable[[], object]:
    """Return the call of Optuna's evaluator for a study of these runs."""
    import optuna  # noqa: PLC0415 -- not everybody has it

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    kinds: dict[str, optuna.distributions.BaseDistribution] = {
        name: optuna.distributions.FloatDistribution(0, 1) for name in runs[0].params
    }
    study = optuna.create_study()
    study.add_trials(
        [
            optuna.trial.create_trial(params=run.params, distributions=kinds, value=run.value)
            for run in runs
        ]
    )
    return partial(optuna.importance.FanovaImportanceEvaluator(seed=0).evaluate, study)


if __name__ == "__main__":
    main()
