"""Ax suggests: a client is made anew from the runs, or by a function that the config names.

The space is mapped as W&B 0.31 does.
"""

from __future__ import annotations

import logging
import math
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import ax
from ax.api.configs import ChoiceParameterConfig, RangeParameterConfig
from ax.exceptions.core import AxError, DataRequiredError, OptimizationComplete
from ax.exceptions.generation_strategy import MaxParallelismReachedException
from ax.utils.common.logger import set_ax_logger_levels

from sweepcli.errors import ConfigError
from sweepcli.records import Suggestion
from sweepcli.search import libraries, loading, sobol
from sweepcli.sweep_config import parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sweepcli.records import JSON, Parameter, Params, Run, SweepConfig


def suggest(config: SweepConfig, runs: Sequence[Run], n: int) -> list[Suggestion]:
    """Return what the client suggests; raise SearchError if it fails."""
    set_ax_logger_levels(logging.ERROR)
    with loading.blamed((config.scheduler or {}).get("source", "ax")):
        client, is_over = _client(config, len(runs))
        _tell_prior(client, config)
        for run in runs:
            _tell(client, config, run)
        if is_over(client):
            return []
        try:
            made = list(client.get_next_trials(max_trials=n).values())
        except OptimizationComplete:
            return []
        except (DataRequiredError, MaxParallelismReachedException):  # it would rather wait
            return sobol.suggest(config, runs, n)
    return [
        Suggestion(str(index), _params(config, values))
        for index, values in enumerate(made, len(runs))
    ]


def check(config: SweepConfig) -> None:
    """Raise ConfigError for a space without an equivalent, SearchError for a faulty source."""
    settings = config.scheduler or {}
    for parameter in _named(config).values():
        _parameter(parameter.name, parameter)
    if "optimizer" in settings:
        loading.from_file(settings["source"], settings["optimizer"])


def _client(config: SweepConfig, count: int) -> tuple[Any, Callable[[Any], bool]]:
    """Return a client with the space and the metrics, and what says whether it is done."""
    settings = config.scheduler or {}
    if "optimizer" in settings:
        made = loading.from_file(settings["source"], settings["optimizer"])(libraries.info(config))
        return made if isinstance(made, tuple) else (made, libraries.never)
    seed = libraries.seed(config, count)
    client = ax.Client(random_seed=seed)
    space = [_parameter(name, parameter) for name, parameter in _named(config).items()]
    client.configure_experiment(parameters=space)
    signs = ["-" if metric.goal.sign > 0 else "" for metric in config.objectives]
    names = _metric_names(config)
    objective = ", ".join(sign + name for sign, name in zip(signs, names, strict=True))
    client.configure_optimization(objective=objective)
    # A client passes from one kind of generation to the next once a suggestion, and this one
    # makes but one: it begins with the middle only if there is nothing yet.
    is_first = count == 0 and not config.prior_runs
    client.configure_generation_strategy(
        initialization_random_seed=seed, initialize_with_center=is_first
    )
    return client, libraries.never


def _named(config: SweepConfig) -> dict[str, Parameter]:
    """Return the parameters by what the client calls them; Ax does not take every name.

    A client of the user's has the sweep's names, and constants too.
    """
    if "optimizer" in (config.scheduler or {}):
        return {parameter.name: parameter for parameter in config.parameters}
    varied = [p for p in config.parameters if p.distribution != "constant"]
    return {f"p{index}": parameter for index, parameter in enumerate(varied)}


def _metric_names(config: SweepConfig) -> list[str]:
    if "optimizer" in (config.scheduler or {}):
        return [metric.name for metric in config.objectives]
    return [f"m{index}" for index in range(len(config.objectives))]


def _tell(client: Any, config: SweepConfig, run: Run) -> None:  # noqa: ANN401 -- Ax's
    """Make the client know a run."""
    index = client.attach_trial(parameters=_arm(config, run.params))
    is_over, values = libraries.outcome(config, run)
    if values is not None:
        raw = dict(zip(_metric_names(config), values, strict=True))
        client.complete_trial(trial_index=index, raw_data=raw)
    elif is_over:
        client.mark_trial_failed(trial_index=index)


def _tell_prior(client: Any, config: SweepConfig) -> None:  # noqa: ANN401 -- Ax's
    """Make the client know what was known before, as far as it fits."""
    for prior in config.prior_runs if not config.metrics else ():
        with suppress(KeyError, TypeError, ValueError, AxError):
            index = client.attach_trial(parameters=_arm(config, prior.params))
            raw = dict.fromkeys(_metric_names(config), prior.value)
            client.complete_trial(trial_index=index, raw_data=raw)


def _arm(config: SweepConfig, params: Params) -> dict[str, JSON]:
    """Return params as Ax has them: flat, and floats where it wants floats."""
    arm = {}
    for name, parameter in _named(config).items():
        value: JSON = params
        for part in parameter.path:
            value = value[part]
        kind = _parameter(name, parameter).parameter_type
        arm[name] = float(value) if kind == "float" else value
    return arm


def _params(config: SweepConfig, values: Mapping[str, JSON]) -> Params:
    chosen = {p.path: values[name] for name, p in _named(config).items()}
    every = [chosen.get(p.path, p.settings.get("value")) for p in config.parameters]
    return parameters.nest(config.parameters, every)


def _parameter(name: str, parameter: Parameter) -> RangeParameterConfig | ChoiceParameterConfig:
    settings = parameter.settings
    if parameter.distribution in ("constant", "categorical"):
        return _choice(name, settings.get("values", [settings.get("value")]))
    is_int, is_log, low, high, step = libraries.number(parameter, "Ax")
    if is_log and step is not None:
        if step != 1:
            what = "q_log_uniform_values with q beside 1"
            raise libraries.no_equivalent(parameter, what, "Ax")
        low, high, step = math.ceil(low), math.floor(high), None
    return RangeParameterConfig(
        name=name,
        parameter_type="int" if is_int else "float",
        bounds=(low, high),
        step_size=step,
        scaling="log" if is_log else None,
    )


def _choice(name: str, values: Sequence[JSON]) -> ChoiceParameterConfig:
    for kind in ("bool", "int", "float", "str"):
        if all(type(value).__name__ == kind for value in values):
            return ChoiceParameterConfig(
                name=name, parameter_type=kind, values=list(values), is_ordered=False
            )
    if all(type(value) in (int, float) for value in values):
        numbers = [float(value) for value in values]
        return ChoiceParameterConfig(
            name=name, parameter_type="float", values=numbers, is_ordered=False
        )
    raise ConfigError(f"parameters.{name}: Ax does not support a list of values of several types")
