from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import yaml

import sweepcli
from support import an_agent, end, grid, suggestions
from sweepcli.errors import ConfigError, StoreError, UsageError, WrongState
from sweepcli.records import JSON, Progress, Row, Sweep, SweepState
from sweepcli.stores import Store, open_store
from sweepcli.sweep_config.load import Loaded, load
from sweepcli.sweep_config.parse import parse
from sweepcli.sweeps.create import create_sweep, update_sweep

UNIFORM = {"distribution": "uniform", "min": 1e-05, "max": 1.0}


@pytest.fixture
def store() -> Iterator[Store]:
    with closing(open_store("results")) as opened:
        yield opened


def kept(sweep_id: str) -> Sweep:
    with closing(open_store("sweep-results")) as opened:
        return opened.sweep(sweep_id)


def loaded(**more: JSON) -> Loaded:
    raw = grid(3, **more)
    return Loaded(raw, parse(raw), ())


def created(store: Store, **config: JSON) -> Sweep:
    return create_sweep(store, loaded(**config), results="results", entity="e", project="p")


def created_after(store: Store, prior_runs: list[str], **config: JSON) -> Sweep:
    return create_sweep(
        store,
        loaded(**config),
        results="results",
        entity="e",
        project="p",
        prior_runs=prior_runs,
    )


def place_of(
    store: Store, entity: str | None, project: str | None, config: dict[str, JSON] | None = None
) -> str:
    made = create_sweep(
        store, loaded(**(config or {})), results="results", entity=entity, project=project
    )
    return f"{made.entity}/{made.project}"


def record_file(sweep_path: str) -> Path:
    return Path("results", sweep_path, "sweep.yaml")


def record(sweep_path: str) -> JSON:
    return yaml.safe_load(record_file(sweep_path).read_text("utf-8"))


def test_entity_and_project_come_from_the_nearest_source(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "me")
    Path("here").mkdir()
    monkeypatch.chdir("here")
    assert place_of(store, None, None) == "me/here"
    named = {"entity": "file-e", "project": "file-p"}
    assert place_of(store, None, None, named) == "file-e/file-p"
    for prefix in ("WANDB", "SWEEPCLI"):
        monkeypatch.setenv(f"{prefix}_ENTITY", f"{prefix}-e")
        monkeypatch.setenv(f"{prefix}_PROJECT", f"{prefix}-p")
        assert place_of(store, None, None, named) == f"{prefix}-e/{prefix}-p"
    assert place_of(store, "flag-e", "flag-p", named) == "flag-e/flag-p"


def test_an_empty_variable_counts_as_unset(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SWEEPCLI_ENTITY", "WANDB_ENTITY", "SWEEPCLI_PROJECT", "WANDB_PROJECT"):
        monkeypatch.setenv(name, "")
    assert place_of(store, "", "", {"entity": "e", "project": "p"}) == "e/p"


def test_the_default_project_is_the_git_repository_around_the_folder(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "me@work")
    Path("my repo/.git").mkdir(parents=True)
    Path("my repo/src/deep").mkdir(parents=True)
    monkeypatch.chdir("my repo/src/deep")

    assert place_of(store, None, None) == "me-work/my repo"


@pytest.mark.parametrize("name", ["a/b", "..", ".", " ", "a\nb", ".hidden", "a:b", "x "])
@pytest.mark.parametrize("what", ["entity", "project"])
def test_a_name_that_cannot_be_a_folder_is_refused_and_nothing_written(
    store: Store, what: str, name: str
) -> None:
    names: dict[str, str | None] = {"entity": "e", "project": "p", what: name}

    with pytest.raises(UsageError, match=rf"^{what} .* cannot be a folder's name"):
        place_of(store, names["entity"], names["project"])

    assert store.sweeps() == []
    assert {entry.split(".")[0] for entry in os.listdir("results")} == {"", "sweeps"}


@pytest.mark.parametrize("name", ["é", "日本", "a b", "a.b", "a-b_c", "A1"])
def test_other_names_are_kept_as_they_are(store: Store, name: str) -> None:
    assert place_of(store, name, name) == f"{name}/{name}"


def test_a_sweep_is_kept_and_its_record_reads_back_as_its_config(store: Store) -> None:
    values = {"values": [True, None, 1e-05, 2.0, 10**30, "é", {"k": [1]}]}
    config = {
        "name": "süß",
        "metric": {"name": "val/loss", "goal": "minimize"},
        "method": "random",
        "parameters": {"on": UNIFORM, "1": values},
    }

    made = created(store, **config)

    assert store.sweep(made.id) == made
    assert (made.state, made.name) == (SweepState.PENDING, "süß")
    assert record(made.path) == made.raw
    read = load(record_file(made.path).read_bytes(), "sweep.yaml").config
    assert read._replace(raw={}) == made.config._replace(raw={})


def test_what_is_in_the_way_of_the_record_holds_nobody_up(store: Store) -> None:
    made = created(store)
    os.mkfifo(f"{record_file(made.path)}.new")

    update_sweep(store, made, loaded(run_cap=3), results="results")

    assert record(made.path)["run_cap"] == 3


@pytest.mark.parametrize(
    "text",
    [
        *("1e-5", "1E5", "-3e2", "0x1F", "0o17", "017", "1_000", "12:30", "2020-01-01", ".5"),
        *("yes", "null", "~", "", " ", "#", "- a", "a: b", "a\nb", "\u2028", "\x07", "'", '"'),
    ],
    ids=ascii,
)
def test_text_stays_text_in_the_record_whatever_it_looks_like(store: Store, text: str) -> None:
    parameters = {"x": {"distribution": "categorical", "values": [text, text + "b"]}}

    made = created(store, parameters=parameters)

    assert record(made.path) == made.raw
    read = load(record_file(made.path).read_bytes(), "sweep.yaml").config
    assert read._replace(raw={}) == made.config._replace(raw={})


def test_the_seed_is_drawn_once_and_recorded(store: Store) -> None:
    made = [created(store, method="random") for _ in range(2)]

    seeds = [record(sweep.path)["seed"] for sweep in made]
    assert seeds == [store.sweep(sweep.id).raw["seed"] for sweep in made]
    assert len(set(seeds)) == 2


def test_a_given_seed_is_kept_and_a_grid_needs_none(store: Store) -> None:
    for config in ({"method": "random", "seed": 7}, {}):
        assert created(store, **config).raw == loaded(**config).raw


def test_ids_are_eight_lower_case_letters_and_digits_and_all_different(store: Store) -> None:
    made = [created(store).id for _ in range(20)]
    assert len(set(made)) == 20
    assert all(len(i) == 8 and i.isascii() and i.isalnum() and i == i.lower() for i in made)


def test_a_record_that_cannot_be_written_makes_no_sweep(store: Store) -> None:
    Path("results/e").write_text("in the way")

    with pytest.raises(StoreError, match="cannot write the sweep's record"):
        place_of(store, "e", "p")

    assert store.sweeps() == []


def test_a_sweep_that_cannot_be_kept_leaves_no_record(store: Store) -> None:
    with sqlite3.connect("results/sweeps.db") as database:
        database.execute("DROP TABLE sweeps")
    database.close()

    with pytest.raises(StoreError, match="no such table"):
        place_of(store, "e", "p")

    assert not os.path.exists("results/e")


def test_an_update_replaces_the_config_and_its_record_before_the_first_run(store: Store) -> None:
    made = created(store)
    store.suggest(made.id, suggestions(2), run_cap=None, now=1.0)

    updated = update_sweep(
        store, made, loaded(method="random", seed=3, name="new"), results="results"
    )

    assert (updated.id, updated.path, updated.name) == (made.id, made.path, "new")
    assert record(made.path) == store.sweep(made.id).raw == updated.raw
    assert updated.raw["method"] == "random"
    assert store.runs(made.id) == []


def test_an_update_after_the_first_run_changes_nothing(store: Store) -> None:
    made = created(store)
    store.add_agent(an_agent())
    store.suggest(made.id, suggestions(1), run_cap=None, now=1.0)
    store.claim_run(made.id, "a1", 2.0)

    with pytest.raises(WrongState):
        update_sweep(store, made, loaded(method="random"), results="results")

    assert record(made.path) == made.raw


CONFIG = {"method": "random", "metric": {"name": "loss"}, "parameters": {"x": {"min": 1, "max": 9}}}


def test_a_script_creates_a_sweep_from_data_and_gets_its_id(
    capsys: pytest.CaptureFixture[str],
) -> None:
    sweep_id = sweepcli.sweep(sweep=CONFIG, entity="e", project="p")

    made = kept(sweep_id)
    assert (made.entity, made.project, made.raw["method"]) == ("e", "p", "random")
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.endswith(f"sweepcli: Create sweep with ID: {sweep_id}\n")


def test_a_function_may_make_the_config() -> None:
    assert kept(sweepcli.sweep(lambda: {**CONFIG, "name": "made"})).name == "made"


def test_a_bad_config_from_a_script_makes_no_sweep() -> None:
    with pytest.raises(ConfigError, match=r"parameters\.x"):
        sweepcli.sweep({"method": "grid", "parameters": {"x": 3}})
    assert not os.path.exists("sweep-results")


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        ({}, 1.0),
        ({"value": "last"}, 4.0),
        ({"value": {"last": 2}}, 3.0),
        ({"value": "mean"}, 3.0),
        ({"value": "final"}, 0.5),
        ({"value": "final", "name": "odd"}, 7.0),
        ({"over": {"inits": "mean"}}, None),
    ],
)
def test_a_prior_run_counts_with_the_number_that_the_new_sweep_counts(
    store: Store, metric: dict[str, JSON], value: float | None
) -> None:
    source = created(store, metric={"name": "loss", "value": {"last": 3}})
    store.add_agent(an_agent())
    store.suggest(source.id, suggestions(1), run_cap=None, now=1.0)
    run = store.claim_run(source.id, "a1", 2.0)
    assert run is not None
    rows = [Row(n, n, None, {"loss": each}) for n, each in enumerate((5.0, 1.0, 2.0, 4.0))]
    shown = Progress({"loss": 0.5, "odd": 7.0}, 2.5, None, 5.0, 4.0, 1.0)
    end(store, run, progress=shown, rows=rows)

    def prior() -> float:
        made = created_after(store, [run.id], metric={"name": "loss", **metric})
        return made.config.prior_runs[0].value

    if value is None:
        with pytest.raises(UsageError, match=r"history does not tell its init\(\) apart"):
            prior()
    else:
        assert prior() == value
