"""One engine in its own environment: `python ask.py NAME` answers JSON lines on its standard input.

    {"do": "start", "parameters": {...}, "seed": 1, "budget": 200}
    {"do": "ask"}                                  -> {"id": 0, "params": {...}}
    {"do": "tell", "id": 0, "value": 0.5}
    {"do": "cold", "runs": [[{...}, 0.5], ...]}    -> {"cpu_ms": 12.5, "import_ms": 300.0}

Nothing of the benchmark is imported here: an engine's environment has that engine alone.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from typing import Any, Protocol

Space = dict[str, dict[str, Any]]
Params = dict[str, Any]


class Engine(Protocol):
    """A search that is asked for params, and told what they brought; less is better."""

    def start(self, space: Space, seed: int, budget: int) -> None:
        """Begin a search."""

    def ask(self) -> tuple[int, Params]:
        """Return an id and the params to try."""

    def tell(self, number: int, value: float) -> None:
        """Tell what the params of that id have brought."""

    def learn(self, runs: list[tuple[Params, float]]) -> None:
        """Take finished runs that the engine has not suggested."""


class Ours:
    """A search method of sweepcli: without state, so each answer is made from all runs anew."""

    def __init__(self, method: str) -> None:
        from sweepcli import search  # noqa: PLC0415 -- of one environment

        self._method = method
        self._suggest = search.method(method)

    def start(self, space: Space, seed: int, budget: int) -> None:
        from sweepcli.sweep_config import parse  # noqa: PLC0415 -- of one environment

        raw = {
            "method": self._method,
            "parameters": space,
            "seed": seed,
            "run_cap": budget,
            "metric": {"name": "loss", "goal": "minimize"},
        }
        self._config = parse.parse(raw)
        self._runs: list[Any] = []

    def ask(self) -> tuple[int, Params]:
        suggested = self._suggest(self._config, self._runs, 1)
        if not suggested:
            raise EOFError
        return self._add(suggested[0].key, suggested[0].params)

    def _add(self, key: str, params: Params) -> tuple[int, Params]:
        from sweepcli.records import Run, RunState  # noqa: PLC0415 -- of one environment

        number = len(self._runs)
        state = RunState.RUNNING
        self._runs.append(Run(str(number), "s", number + 1, key, state, params, attempt=1))
        return number, params

    def tell(self, number: int, value: float) -> None:
        from sweepcli.records import RunState  # noqa: PLC0415 -- of one environment

        shown = {"value": value, "worst": value, "latest": value}
        self._runs[number] = self._runs[number]._replace(state=RunState.FINISHED, **shown)

    def learn(self, runs: list[tuple[Params, float]]) -> None:
        for params, value in runs:
            number, _ = self._add(str(len(self._runs)), params)
            self.tell(number, value)


class Sweeps:
    """W&B's own engine, `sweeps`."""

    def __init__(self) -> None:
        import numpy as np  # noqa: PLC0415 -- of one environment

        import sweeps  # noqa: PLC0415 -- of one environment

        self._np, self._sweeps = np, sweeps

    def start(self, space: Space, seed: int, budget: int) -> None:
        self._np.random.seed(seed)
        self._config = {
            "method": "bayes",
            "parameters": space,
            "run_cap": budget,
            "metric": {"name": "loss", "goal": "minimize"},
        }
        self._runs: list[Any] = []

    def ask(self) -> tuple[int, Params]:
        run = self._sweeps.next_run(self._config, self._runs)
        run.state = self._sweeps.RunState.running
        self._runs.append(run)
        return len(self._runs) - 1, {name: each["value"] for name, each in run.config.items()}

    def tell(self, number: int, value: float) -> None:
        run = self._runs[number]
        run.state = self._sweeps.RunState.finished
        run.summary_metrics, run.history = {"loss": value}, [{"loss": value}]

    def learn(self, runs: list[tuple[Params, float]]) -> None:
        for params, value in runs:
            config = {name: {"value": each} for name, each in params.items()}
            self._runs.append(self._sweeps.SweepRun(config=config))
            self.tell(len(self._runs) - 1, value)


class Optuna:
    """Optuna with one of its samplers, as it comes."""

    def __init__(self, sampler: str) -> None:
        import optuna  # noqa: PLC0415 -- of one environment

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self._optuna = optuna
        self._sampler = getattr(optuna.samplers, sampler)

    def start(self, space: Space, seed: int, budget: int) -> None:
        del budget
        self._study = self._optuna.create_study(sampler=self._sampler(seed=seed))
        self._space = {name: self._distribution(each) for name, each in space.items()}
        self._trials: dict[int, Any] = {}

    def _distribution(self, parameter: dict[str, Any]) -> Any:  # noqa: ANN401 -- Optuna's
        of = self._optuna.distributions
        if "values" in parameter:
            return of.CategoricalDistribution(parameter["values"])
        low, high = parameter["min"], parameter["max"]
        if parameter["distribution"] == "int_uniform":
            return of.IntDistribution(low, high)
        return of.FloatDistribution(
            low, high, log=parameter["distribution"] == "log_uniform_values"
        )

    def ask(self) -> tuple[int, Params]:
        trial = self._study.ask(self._space)
        self._trials[trial.number] = trial
        return trial.number, dict(trial.params)

    def tell(self, number: int, value: float) -> None:
        self._study.tell(self._trials.pop(number), value)

    def learn(self, runs: list[tuple[Params, float]]) -> None:
        for params, value in runs:
            self._study.add_trial(
                self._optuna.trial.create_trial(
                    params=params, distributions=self._space, value=value
                )
            )


def engine(name: str) -> Engine:
    """Return an engine by its name."""
    kind, _, which = name.partition(":")
    if kind == "sweepcli":
        return Ours(which)
    return Optuna(which) if kind == "optuna" else Sweeps()


def main(name: str) -> None:
    """Answer until the input ends."""
    warnings.simplefilter("ignore")
    began = time.process_time()
    search = engine(name)
    import_ms = (time.process_time() - began) * 1e3
    for line in sys.stdin:
        asked = json.loads(line)
        answer: dict[str, Any] = {}
        if asked["do"] == "start":
            search.start(asked["parameters"], asked["seed"], asked["budget"])
        elif asked["do"] == "tell":
            search.tell(asked["id"], asked["value"])
        elif asked["do"] == "cold":
            search.learn(asked["runs"])
            began = time.process_time()
            search.ask()
            answer = {"cpu_ms": (time.process_time() - began) * 1e3, "import_ms": import_ms}
        else:
            try:
                answer["id"], answer["params"] = search.ask()
            except EOFError:  # every point of the space is used up
                answer["params"] = None
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
