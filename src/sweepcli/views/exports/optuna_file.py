"""A sweep as an Optuna study in a file, for those who want Optuna's tools.

A run is a trial: finished runs with a value are complete, stopped ones pruned, the others that
have ended failed; runs that have not ended are left out.
"""

from __future__ import annotations

import math
import os
import warnings
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import optuna
from optuna.storages.journal import JournalFileBackend
from sqlalchemy import event

from sweepcli.errors import ConfigError, UsageError
from sweepcli.records import DONE, RunState
from sweepcli.search import optuna_study, pareto
from sweepcli.values import finite, leaves
from sweepcli.views import curves
from sweepcli.views.exports import rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from optuna.distributions import BaseDistribution
    from optuna.storages import BaseStorage

    from sweepcli.records import JSON, Parameter, Run, Sweep, SweepConfig
    from sweepcli.stores import Store

JOURNAL = ".log"  # what Optuna calls the files of its journals
DATABASES = (".db", ".sqlite", ".sqlite3")
LOGARITHMIC = "log"  # in the names of distributions whose logarithm is spread evenly
UNSYNCHRONISED = "PRAGMA synchronous = OFF"
POINTS = 1_000  # of each run's curve


class Axis(NamedTuple):
    """A parameter with the distribution that its values have in the study."""

    parameter: Parameter
    distribution: BaseDistribution


def write(store: Store, sweep: Sweep, path: str) -> int:
    """Write a study that is named after the sweep, and return how many trials it has.

    `path` is a database of SQLite, a URL of one, or a journal that ends in .log. Raises
    UsageError if its ending is another, or if it has a study of this name already.
    """
    _refuse_ending(path)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    config = sweep.config
    if not config.objectives:
        raise UsageError(f"sweep {sweep.path} has no `metric`, and a study needs one")
    axes = _axes(config, rows.runs(store, sweep))
    with warnings.catch_warnings():
        # Of what Optuna may change some day, such as the names of metrics.
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        with _opened(path) as storage:
            study = _new_study(storage, path, sweep, config)
            ended = (run for run in rows.runs(store, sweep) if run.state in DONE)
            try:
                return sum(_add(study, _trial(store, config, axes, run)) for run in ended)
            except BaseException:  # Ctrl-C, too: half a study would block the next try
                optuna.delete_study(study_name=study.study_name, storage=storage)
                raise


def _refuse_ending(path: str) -> None:
    ending = os.path.splitext(path)[1].lower()
    if "://" not in path and ending not in (JOURNAL, *DATABASES):
        what = f"{ending} is neither" if ending else "its name has no ending"
        raise UsageError(
            f"{path}: {what}; name a database, {' or '.join(DATABASES)}, or a journal, {JOURNAL}"
        )


def _add(study: optuna.Study, trial: optuna.trial.FrozenTrial) -> int:
    study.add_trial(trial)
    return 1


def _new_study(storage: BaseStorage, path: str, sweep: Sweep, config: SweepConfig) -> optuna.Study:
    name = sweep.path
    of = optuna.study.StudyDirection
    directions = [of[metric.goal.name] for metric in config.objectives]
    try:
        study = optuna.create_study(storage=storage, study_name=name, directions=directions)
    except optuna.exceptions.DuplicatedStudyError:
        raise UsageError(
            f"{path} has a study {name!r} already; name another file, or delete the study: "
            f"`optuna delete-study --storage {_url(path)} --study-name {name}`"
        ) from None
    except Exception as error:
        raise _unusable(path, error) from error
    study.set_metric_names([metric.name for metric in config.objectives])
    study.set_user_attr("sweepcli", {"sweep": sweep.path, "config": sweep.raw})
    return study


@contextmanager
def _opened(path: str) -> Iterator[BaseStorage]:
    storages = optuna.storages
    if path.lower().endswith(JOURNAL) and "://" not in path:
        yield storages.JournalStorage(JournalFileBackend(path))
        return
    try:
        storage = storages.RDBStorage(_url(path))
    except Exception as error:
        raise _unusable(path, error) from error
    if storage.engine.dialect.name == "sqlite":
        # Optuna commits many times for each trial; what is lost with the power is written again.
        event.listen(storage.engine, "connect", lambda each, _: each.execute(UNSYNCHRONISED))
        storage.engine.dispose()  # connections from before
    try:
        yield storage
    finally:
        storage.remove_session()
        storage.engine.dispose()


def _unusable(path: str, error: Exception) -> UsageError:
    """Return the error for a file or database that Optuna, or its library, cannot use."""
    why = str(error).partition("\n")[0]
    return UsageError(f"{path} cannot be opened as a study: {why}")


def _url(path: str) -> str:
    return path if "://" in path else f"sqlite:///{os.path.abspath(path)}"


def _axes(config: SweepConfig, runs: Iterable[Run]) -> list[Axis]:
    """Return the parameters that vary, with distributions that hold every value of the runs."""
    varied = [p for p in config.parameters if p.distribution != "constant"]
    seen: dict[str, list[JSON]] = {p.name: [] for p in varied}
    for run in runs:
        flat = dict(leaves(run.params))
        for name, values in seen.items():
            if name in flat:
                values.append(flat[name])
    return [Axis(p, _distribution(p, seen[p.name])) for p in varied if seen[p.name]]


def _distribution(parameter: Parameter, values: Sequence[JSON]) -> BaseDistribution:
    """Return Optuna's distribution for a parameter; without one, the range of its values."""
    try:
        found = optuna_study.distribution(_plain(parameter))
        if all(_holds(found, _inner(parameter, value)) for value in values):
            return found
    except (ConfigError, ValueError):
        pass
    return _around(parameter, values)


def _plain(parameter: Parameter) -> Parameter:
    """Return a parameter without the settings that Optuna lacks and past values do not need."""
    if parameter.distribution == "categorical_w_probabilities":
        return parameter._replace(distribution="categorical")
    return parameter


def _inner(parameter: Parameter, value: JSON) -> JSON:
    return optuna_study.chosen(_plain(parameter), value)


def _holds(distribution: BaseDistribution, value: JSON) -> bool:
    return bool(distribution._contains(distribution.to_internal_repr(value)))  # noqa: SLF001 -- how Optuna itself checks a trial


def _around(parameter: Parameter, values: Sequence[JSON]) -> BaseDistribution:
    """Return a distribution between the least and the greatest value, or of all of them."""
    numbers = [number for value in values if (number := finite(value)) is not None]
    if len(numbers) < len(values):
        texts = dict.fromkeys(optuna_study.choice(value) for value in values)
        return optuna.distributions.CategoricalDistribution(list(texts))
    low, high = min(numbers), max(numbers)
    is_log = LOGARITHMIC in parameter.distribution and low > 0
    return optuna.distributions.FloatDistribution(low, high, log=is_log)


def _trial(
    store: Store, config: SweepConfig, axes: Sequence[Axis], run: Run
) -> optuna.trial.FrozenTrial:
    flat = dict(leaves(run.params))
    params, distributions = {}, {}
    for parameter, distribution in axes:
        name = parameter.name
        if name in flat:
            params[name] = _given(parameter, distribution, flat[name])
            distributions[name] = distribution
    state, values = _outcome(config, run)
    trial = optuna.trial.create_trial(
        state=state,
        values=values,
        params=params,
        distributions=distributions,
        user_attrs={"run": run.id, "number": run.number, "state": str(run.state), **_said(run)},
        intermediate_values=_curve(store, config, run),
    )
    if run.started_at is not None:
        trial.datetime_start = datetime.fromtimestamp(run.started_at)  # noqa: DTZ006 -- as Optuna
    if run.ended_at is not None:
        trial.datetime_complete = datetime.fromtimestamp(run.ended_at)  # noqa: DTZ006 -- as Optuna
    return trial


def _said(run: Run) -> dict[str, JSON]:
    """Return the name, notes and tags of a run and which code it had, as far as it has them."""
    said = {"name": run.name, "notes": run.notes, "tags": list(run.tags), "code": run.code}
    return {name: value for name, value in said.items() if value}


def _given(parameter: Parameter, distribution: BaseDistribution, value: JSON) -> JSON:
    """Return a value as the study has it."""
    if not isinstance(distribution, optuna.distributions.CategoricalDistribution):
        return value
    with suppress(ValueError):  # no value of the config's, as in a run that was added by hand
        inner = _inner(parameter, value)
        if inner in distribution.choices:
            return inner
    return optuna_study.choice(value)


def _outcome(config: SweepConfig, run: Run) -> tuple[optuna.trial.TrialState, list[float] | None]:
    states = optuna.trial.TrialState
    values = pareto.objectives(config, run)
    if run.state is RunState.STOPPED:
        return states.PRUNED, values
    if run.state is RunState.FINISHED and values is not None:
        return states.COMPLETE, values
    return states.FAIL, None


def _curve(store: Store, config: SweepConfig, run: Run) -> dict[int, float]:
    """Return what the run logged of its metric by step; Optuna has none of several metrics."""
    curve = curves.of_metric(store, run, config.metric, POINTS)
    if curve is None:
        return {}
    points = zip(curve.steps, curve.values, strict=True)
    return {step: value for step, value in points if math.isfinite(value) and step >= 0}
