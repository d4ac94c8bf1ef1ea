"""Optuna suggests: a study is made anew from the runs, with the sampler that the config names.

What a sampler stores in a trial, such as the state of CMA-ES, is stored in the run's
`search_info` and given back in the next study. The space is mapped as W&B 0.31 does.
"""

from __future__ import annotations

import json
import math
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import optuna

from sweepcli.errors import SearchError
from sweepcli.records import Suggestion
from sweepcli.search import libraries, loading
from sweepcli.sweep_config import parameters
from sweepcli.values import leaves

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sweepcli.records import JSON, Parameter, Params, Run, SweepConfig

    Space = dict[str, optuna.distributions.BaseDistribution]

SCALARS = (bool, int, float, str, type(None))


def suggest(config: SweepConfig, runs: Sequence[Run], n: int) -> list[Suggestion]:
    """Return what the study suggests; raise SearchError if it fails."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    settings = config.scheduler or {}
    with loading.blamed(settings.get("source", "optuna")):
        space = _space(config)
        study, is_over = _study(config, len(runs))
        _add_prior(study, config, space)
        for run in runs:
            if (trial := _trial(config, run)) is not None:
                study.add_trial(trial)
        made: list[Suggestion] = []
        while len(made) < n and not is_over(study) and not _is_used_up(study):
            made.append(_asked(config, study, space, len(runs) + len(made)))
    return made


def check(config: SweepConfig) -> None:
    """Raise ConfigError for a space without an equivalent, SearchError for a faulty source."""
    settings = config.scheduler or {}
    _space(config)
    for key in ("optimizer", "search_space"):
        if key in settings:
            loading.from_file(settings["source"], settings[key])


def _space(config: SweepConfig) -> Space:
    """Return the distributions by parameter; none where a function makes the space."""
    if "search_space" in (config.scheduler or {}):
        return {}
    varied = (p for p in config.parameters if p.distribution != "constant")
    return {parameter.name: distribution(parameter) for parameter in varied}


def distribution(parameter: Parameter) -> optuna.distributions.BaseDistribution:
    """Return Optuna's distribution; raise ConfigError for one without an equivalent."""
    of = optuna.distributions
    if parameter.distribution == "categorical":
        return of.CategoricalDistribution(_choices(parameter.settings["values"]))
    is_int, is_log, low, high, step = libraries.number(parameter, "Optuna")
    if is_log and step is not None:  # Optuna has no steps on a scale of logarithms
        is_int, step = step == 1 and low >= 1, None
    if not is_int:
        return of.FloatDistribution(low, high, log=is_log, step=step)
    return of.IntDistribution(math.ceil(low), math.floor(high), log=is_log, step=int(step or 1))


def _choices(values: Sequence[JSON]) -> list[Any]:
    """Return values that Optuna can distinguish: its own kinds of values, or all as JSON."""
    plain = all(isinstance(value, SCALARS) for value in values)
    if plain and all(a != b for i, a in enumerate(values) for b in values[:i]):
        return list(values)
    return [json.dumps(value) for value in values]


def choice(value: JSON) -> str:
    """Return a value as a choice beside any others: text as it is, else its JSON."""
    return value if isinstance(value, str) else json.dumps(value)


def chosen(parameter: Parameter, value: JSON) -> JSON:
    """Return what Optuna would have chosen to make a parameter's value."""
    if parameter.distribution != "categorical":
        return value
    values = parameter.settings["values"]
    return _choices(values)[values.index(value)]


def _value(parameter: Parameter, chosen: JSON) -> JSON:
    """Return the value of a parameter from what Optuna has chosen."""
    if parameter.distribution != "categorical":
        return chosen
    values = parameter.settings["values"]
    return values[_choices(values).index(chosen)]


def _study(config: SweepConfig, count: int) -> tuple[optuna.Study, Callable[[optuna.Study], bool]]:
    """Return a study in memory, and a function that says whether its search is over."""
    settings = config.scheduler or {}
    of = optuna.study.StudyDirection
    directions = [of[metric.goal.name] for metric in config.objectives]
    if "optimizer" not in settings:
        seed = libraries.seed(config, count)
        is_one = len(directions) == 1
        samplers = optuna.samplers
        sampler = samplers.TPESampler(seed=seed) if is_one else samplers.NSGAIISampler(seed=seed)
        return optuna.create_study(sampler=sampler, directions=directions), libraries.never
    made = loading.from_file(settings["source"], settings["optimizer"])(libraries.info(config))
    study, is_over = made if isinstance(made, tuple) else (made, libraries.never)
    if study.directions != directions:
        theirs, ours = (
            [each.name.lower() for each in all_] for all_ in (study.directions, directions)
        )
        raise SearchError(f"its study's directions are {theirs}, the sweep's are {ours}")
    # Each study is made from the runs, so nothing may be left in a storage of the user's, and a
    # sampler that begins again with its own seed would suggest the same again.
    study.sampler.reseed_rng()
    fresh = optuna.create_study(sampler=study.sampler, directions=directions)
    fresh.add_trials(study.trials)
    return fresh, is_over


def _asked(config: SweepConfig, study: optuna.Study, space: Space, index: int) -> Suggestion:
    settings = config.scheduler or {}
    trial = study.ask(space)
    if "search_space" in settings:
        function = loading.from_file(settings["source"], settings["search_space"])
        params: Params = loading.as_json(function(trial))
        if not isinstance(params, dict):
            raise SearchError(f"{settings['search_space']} must return a dict, not {params!r}")
    else:
        params = parameters.nest(
            config.parameters,
            [
                _value(p, trial.params[p.name]) if p.name in space else p.settings["value"]
                for p in config.parameters
            ],
        )
    frozen = study.trials[trial.number]
    info = {
        "params": frozen.params,
        "distributions": {
            name: optuna.distributions.distribution_to_json(each)
            for name, each in frozen.distributions.items()
        },
        "system_attrs": frozen.system_attrs,
    }
    return Suggestion(str(index), params, {"optuna": loading.as_json(info)})


def _add_prior(study: optuna.Study, config: SweepConfig, space: Space) -> None:
    """Add the prior runs that fit the space, if the space is in the config."""
    for prior in config.prior_runs if space and not config.metrics else ():
        flat = dict(leaves(prior.params))
        with suppress(KeyError, ValueError):
            params = {p.name: chosen(p, flat[p.name]) for p in config.parameters if p.name in space}
            study.add_trial(
                optuna.trial.create_trial(params=params, distributions=space, value=prior.value)
            )


def _trial(config: SweepConfig, run: Run) -> optuna.trial.FrozenTrial | None:
    """Return a run as a trial; None if Optuna did not suggest it."""
    noted = (run.search_info or {}).get("optuna")
    if noted is None:
        return None
    is_over, values = libraries.outcome(config, run)
    states = optuna.trial.TrialState
    ended = states.FAIL if values is None else states.COMPLETE
    return optuna.trial.create_trial(
        state=ended if is_over else states.RUNNING,
        values=values,
        params=noted["params"],
        distributions={
            name: optuna.distributions.json_to_distribution(each)
            for name, each in noted["distributions"].items()
        },
        system_attrs=noted["system_attrs"],
    )


def _is_used_up(study: optuna.Study) -> bool:
    """Return whether the sampler knows that it has been everywhere, as a grid does."""
    is_exhausted = getattr(study.sampler, "is_exhausted", None)
    return bool(is_exhausted is not None and is_exhausted(study))
