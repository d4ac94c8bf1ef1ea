"""Creates and updates sweeps, for commands and for Python callers."""

from __future__ import annotations

import os
import time
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from sweepcli import env, folders, messages, regular_files, stores
from sweepcli.code import place
from sweepcli.code.watch import Watch
from sweepcli.errors import StoreError, UsageError
from sweepcli.ids import new_id
from sweepcli.records import Sweep, SweepState
from sweepcli.runs import programs
from sweepcli.stores import location
from sweepcli.sweep_config import parse
from sweepcli.sweeps import state_file
from sweepcli.values import finite, leaf

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sweepcli.records import JSON, Metric, Run, SweepConfig
    from sweepcli.stores import Store
    from sweepcli.sweep_config.load import Loaded
    from sweepcli.sweeps.freezing import Plan, Taken


LOOK_S = 2.0  # how long the creation of a sweep waits for a look at its code


def sweep(
    sweep: Mapping[str, JSON] | Callable[[], Mapping[str, JSON]],
    entity: str | None = None,
    project: str | None = None,
    prior_runs: Sequence[str] | None = None,
) -> str:
    """Create a sweep from a config given as data, or by a function, and return its id.

    `prior_runs` are ids of runs that its search may learn from. Warnings about the config are
    printed on stderr. Raises ConfigError with every violation, UnknownRun for an unknown run.
    """
    from sweepcli.sweep_config import load  # noqa: PLC0415 -- yaml: agents, who need none, load us

    loaded = load.load_mapping(sweep() if callable(sweep) else sweep)
    for warning in loaded.warnings:
        messages.warn(str(warning))
    here = location.here()
    plan = _plan(loaded, here.results)
    with closing(stores.open_store(here.database)) as store:
        made = create_sweep(
            store,
            loaded,
            results=here.results,
            entity=entity,
            project=project,
            prior_runs=prior_runs or (),
            plan=plan,
        )
    messages.say(f"Create sweep with ID: {made.id}")
    return made.id


def _plan(loaded: Loaded, results: str) -> Plan | None:
    """Look at code that is to be frozen, and warn of what cannot be."""
    if not loaded.config.code.is_frozen:
        return None
    from sweepcli.sweeps import freezing  # noqa: PLC0415 -- few sweeps are frozen

    found = freezing.plan(loaded.config, results)
    if found.warning:
        messages.warn(found.warning)
    return found


def create_sweep(
    store: Store,
    loaded: Loaded,
    *,
    results: str,
    entity: str | None = None,
    project: str | None = None,
    prior_runs: Sequence[str] = (),
    plan: Plan | Taken | None = None,
) -> Sweep:
    """Add a new sweep and write its record, and its code if it is frozen: all or nothing.

    `plan` is what was seen of that code already. Raises as `_with_prior_runs` and `_new` do.
    """
    sweep = _new(_with_prior_runs(store, loaded, prior_runs), entity, project)
    code = _code(results, sweep.config)
    if code:
        code.begin_now()
    try:
        if sweep.config.code.is_frozen:
            sweep = _frozen(sweep, results, plan)
        write_record(results, sweep)
        if code:
            sweep = sweep._replace(code=code.finish_now(LOOK_S).code)
        state_file.noting(results, sweep, store.database)(sweep.state)
        store.add_sweep(sweep, also=lambda: _share_snapshot(store, sweep, results))
    except BaseException:
        if code:
            code.close()
        _forget_record(results, sweep)
        raise
    return sweep


def _new(raw: dict[str, JSON], entity: str | None, project: str | None) -> Sweep:
    """Return a new sweep with an id and a seed.

    Entity and project: the argument, else the environment, else the config, else the login name
    and the name of the git repository or folder. Raises UsageError for a name that cannot be a
    folder.
    """
    entity = entity or env.entity() or raw.get("entity")
    project = project or env.project() or raw.get("project")
    return Sweep(
        id=new_id(),
        entity=_name("entity", entity, env.default_entity),
        project=_name("project", project, env.default_project),
        state=SweepState.PENDING,
        config=parse.parse(_with_seed(raw)),
        created_at=time.time(),
        name=raw.get("name"),
    )


def _code(results: str, config: SweepConfig) -> Watch | None:
    """Return what sees the code of a sweep; None if it is not to be recorded, or is frozen."""
    if config.code.is_frozen or not (config.code.is_recorded and env.records_code()):
        return None
    _make_results(results)
    try:
        here = os.getcwd()
    except OSError:  # it was removed
        return None
    interpreter = programs.file_of(programs.interpreter())
    at = place.place_of(config, results=results, cwd=here, interpreter=interpreter)
    return Watch(at, os.environ)


def _frozen(sweep: Sweep, results: str, plan: Plan | Taken | None) -> Sweep:
    from sweepcli.sweeps import freezing  # noqa: PLC0415 -- few sweeps are frozen

    return freezing.freeze(plan or freezing.plan(sweep.config, results), sweep, results)


def _share_snapshot(store: Store, sweep: Sweep, results: str) -> None:
    """Add the frozen code of a sweep to a store that other results directories may share."""
    address = state_file.address_of(store.database)
    is_shared = state_file.name_of(address, results) != state_file.HERE
    if sweep.config.code.is_frozen and is_shared:
        from sweepcli.stores.snapshots import Snapshots  # noqa: PLC0415 -- few sweeps are frozen

        Snapshots(store.database).put(sweep.id, folders.snapshot(results, sweep))


def update_sweep(
    store: Store,
    sweep: Sweep,
    loaded: Loaded,
    *,
    results: str,
    prior_runs: Sequence[str] = (),
    plan: Plan | None = None,
) -> Sweep:
    """Give a sweep another config; raise WrongState once a run of it has started.

    If it is frozen, its code is taken anew, too. Also raises as `_with_prior_runs` does.
    """
    raw = _with_prior_runs(store, loaded, prior_runs)
    raw, name = _with_seed(raw), raw.get("name")
    updated = sweep._replace(config=parse.parse(raw), name=name)

    def also() -> None:
        taken = updated
        if updated.config.code.is_frozen:
            taken = _frozen(updated, results, plan)
            store.set_code(sweep.id, taken.code)
            _share_snapshot(store, taken, results)
        write_record(results, taken)
        if taken.code != sweep.code:
            state_file.note_code(results, taken)

    store.replace_config(sweep.id, raw, name, also=also)
    return store.sweep(sweep.id)


def _with_prior_runs(store: Store, loaded: Loaded, ids: Sequence[str]) -> dict[str, JSON]:
    """Return the config with runs of other sweeps that its search may learn from.

    Raises UnknownRun for an unknown run, UsageError for one without a finite value of the
    config's metric.
    """
    if not ids:
        return loaded.raw
    metric = loaded.config.metric
    if metric is None:
        raise UsageError("prior runs need a config with a `metric`")
    prior = [*loaded.raw.get("prior_runs", ())]
    for run in map(store.run, ids):
        value = _value_for(store, run, metric)
        if value is None:
            raise UsageError(f"run {run.id} has no value of {metric.name!r} to learn from")
        prior.append({"id": run.id, "params": run.params, "value": value})
    return {**loaded.raw, "prior_runs": prior}


def _value_for(store: Store, run: Run, metric: Metric) -> float | None:
    """Return the value of a run as a config counts it, which may not be as its own sweep does.

    Raises UsageError if it was not judged over its `init()`: a history does not tell them apart.
    """
    theirs = store.sweep(run.sweep_id).config.metric
    is_same_name = theirs is not None and theirs.name == metric.name
    if theirs is not None and is_same_name and theirs.counting == metric.counting:
        return run.value
    if metric.over_inits:
        raise UsageError(
            f"run {run.id} was not judged by `over: {{inits: {metric.over_inits}}}`, and its "
            "history does not tell its init() apart"
        )
    if is_same_name and metric.value == "best":
        return run.best
    figure = finite(run.summary.get(metric.name))
    if metric.value in ("best", "final"):
        return figure
    from sweepcli.runs.metrics import tally  # noqa: PLC0415 -- few sweeps have prior runs

    attempts = (store.history(run.id, attempt) for attempt in range(1, run.attempt + 1))
    logged = ([(row.step, leaf(row.values, metric.name)) for row in rows] for rows in attempts)
    value = tally.value_of_history(metric, logged)
    return figure if value is None else value


def _with_seed(raw: dict[str, JSON]) -> dict[str, JSON]:
    """Draw a seed if the config has none: all agents use the same."""
    if raw["method"] == "grid" or "seed" in raw:
        return raw
    return {**raw, "seed": int.from_bytes(os.urandom(4), "big")}


def _name(what: str, given: str | None, default: Callable[[], str]) -> str:
    """Return an entity or project that can be a folder and a part of a sweep's path."""
    if not given:
        return default()
    if env.folder_name(given) != given:
        raise UsageError(
            f"{what} {given!r} cannot be a folder's name; use letters, digits, spaces and -_."
        )
    return given


def write_record(results: str, sweep: Sweep) -> None:
    """Write the config of a sweep into its folder; raise StoreError if that fails."""
    from sweepcli.sweep_config import document  # noqa: PLC0415 -- yaml: 20 ms, only a new sweep needs it

    path = folders.sweep_record(results, sweep)
    _make_results(results)
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(regular_files.fresh(path + ".new"), "w", encoding="utf-8") as file:
            file.write(document.written(sweep.raw))
        os.replace(path + ".new", path)
    except OSError as error:
        raise StoreError(f"cannot write the sweep's record: {error}") from error


def _make_results(results: str) -> None:
    try:
        folders.make_results(results)
    except OSError as error:
        raise StoreError(f"cannot write the sweep's record: {error}") from error


def _forget_record(results: str, sweep: Sweep) -> None:
    folder = folders.sweep_folder(results, sweep)
    for name in (folders.SWEEP_STATE, folders.SWEEP_RECORD, folders.SNAPSHOT):
        with suppress(OSError):
            os.remove(os.path.join(folder, name))
    with suppress(OSError):
        os.removedirs(folder)  # and its parents, as far as they are empty
