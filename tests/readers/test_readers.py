"""Every format of an export, read by every library that people read it with.

`make readers` installs them in an environment of its own.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from read_tables import FORMATS, LIBRARIES, Table

from needed import lacking
from support import Place, an_agent, claimed, end, place
from sweepcli.records import JSON, Params, Progress, Row, Suggestion
from sweepcli.views.exports import formats
from sweepcli.views.exports.rows import Export

INF, NAN = math.inf, math.nan
# One line for each column: its values in three runs.
PARAMS: dict[str, tuple[JSON, JSON, JSON]] = {
    "whole": (1, -2, 3),
    "int64": (2**63 - 1, -(2**63), 0),
    "uint64": (2**64 - 1, 2**63, 0),
    "beyond": (2**70, -(2**80), 1),
    "between": (2**63, -1, 0),
    "huge": (10**40, -(10**400), 1),
    "lr": (1, 0.5, 1e-8),
    "mixed_large": (2**53 + 1, 0.5, 2**60),
    "flag": (True, False, True),
    "text": ("adam", "a,b", 'say "1"'),
    "many": (1, "auto", True),
    "tags": ([1, 2**70], ["a", None], []),
}
SUMMARY: dict[str, tuple[JSON, JSON, JSON]] = {
    "loss": (INF, 0.5, NAN),
    "low": (3, -INF, 2),
    "first": (-INF, 1, 2),
    "diverged": (INF, INF, -INF),
    "none": (NAN, NAN, NAN),
}
STEPS = 300  # polars decides on types after 100 rows
NUMBERS = ("whole", "int64", "uint64", "beyond", "between", "lr", "mixed_large")
SPACE: Params = {
    "x": {"distribution": "int_uniform", "min": 1, "max": 9},
    "lr": {"distribution": "uniform", "min": 0.1, "max": 0.5},
    "opt": {"distribution": "categorical", "values": [{"name": "adam"}, {"name": "sgd", "m": 0.5}]},
}
CONFIG: dict[str, JSON] = {"method": "random", "parameters": SPACE}
BOTH = pytest.mark.parametrize("form", FORMATS)
ALL = pytest.mark.parametrize("library", LIBRARIES)


@pytest.fixture(autouse=True, scope="module")
def libraries() -> None:
    for name in LIBRARIES:
        if importlib.util.find_spec(name) is None:
            lacking(f"{name} is not installed: `make readers` does it")


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with place(tmp_path_factory.mktemp("readers"), CONFIG) as found:
        store = found.store
        store.add_agent(an_agent())
        for number in range(3):
            params = {name: values[number] for name, values in PARAMS.items()}
            suggested = [(f"r{number}", Suggestion(str(number), params))]
            store.suggest("s1", suggested, run_cap=None, now=1.0)
        for number in range(3):
            summary = {name: values[number] for name, values in SUMMARY.items()}
            logged = [_row(step) for step in range(STEPS)] if number == 0 else []
            end(store, claimed(store), rows=logged, progress=Progress(summary, INF, 0))
        yield found


def _row(step: int) -> Row:
    late: JSON = INF if step == STEPS - 1 else 0.5 if step == STEPS - 2 else 1
    betas: JSON = [0.5, 1] if step == STEPS - 1 else [0, 1]
    return Row(step, step, 1.0, {"loss": late, "step": step, "betas": betas})


def exported(here: Place, form: str, *, history: bool = False, sweep_id: str = "s1") -> Path:
    path = Path(here.results, f"{sweep_id}-{history}.{form}")
    formats.write(Export(here.store, here.store.sweep(sweep_id), history), form, str(path))
    return path


def read(here: Place, form: str, library: str, *, history: bool = False) -> Table:
    return LIBRARIES[library](exported(here, form, history=history))


def is_missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


@ALL
@BOTH
@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_is_a_number_to_every_reader(
    here: Place, form: str, library: str, name: str
) -> None:
    found = read(here, form, library)[f"params.{name}"]

    assert {bool, str} & {*map(type, found)} == set()
    assert found == pytest.approx([float(value) for value in PARAMS[name]], rel=1e-12)


@ALL
@BOTH
@pytest.mark.parametrize("name", ["whole", "int64", "uint64"])
def test_whole_numbers_of_64_bits_stay_exact(
    here: Place, form: str, library: str, name: str
) -> None:
    found = read(here, form, library)[f"params.{name}"]
    if (library, name) == ("pyarrow", "uint64") and form != "parquet":
        assert found == [float(value) for value in PARAMS[name]]  # from text it reads no uint64
    else:
        assert (found, {*map(type, found)}) == ([*PARAMS[name]], {int})


@ALL
@BOTH
@pytest.mark.parametrize("name", SUMMARY)
def test_an_infinity_is_a_number_to_every_reader(
    here: Place, form: str, library: str, name: str
) -> None:
    found = read(here, form, library)[f"summary.{name}"]

    for value, wanted in zip(found, map(float, SUMMARY[name]), strict=True):
        if math.isnan(wanted) or (math.isinf(wanted) and form.startswith("json")):
            assert is_missing(value)
        else:
            assert (type(value), value) == (float, wanted)


@ALL
@BOTH
def test_a_number_beyond_all_floats_is_an_infinity(here: Place, form: str, library: str) -> None:
    large, infinite, one = read(here, form, library)["params.huge"]
    assert (large, one) == (pytest.approx(1e40), 1.0)
    assert is_missing(infinite) if form.startswith("json") else infinite == -INF


@ALL
@BOTH
def test_booleans_and_texts_stay_what_they_are(here: Place, form: str, library: str) -> None:
    found = read(here, form, library)
    assert found["params.flag"] == [True, False, True]
    assert {*map(type, found["params.flag"])} == {bool}
    assert found["params.text"] == [*PARAMS["text"]]
    assert found["params.many"] == ["1", "auto", "true"]


@ALL
@BOTH
def test_what_comes_after_many_whole_numbers_is_read_as_it_is(
    here: Place, form: str, library: str
) -> None:
    found = read(here, form, library, history=True)

    *before, half, infinite = found["loss"]
    assert (set(before), half) == ({1.0}, 0.5)
    assert is_missing(infinite) if form.startswith("json") else infinite == INF
    assert found["step"] == [*range(STEPS)]


@ALL
@pytest.mark.parametrize("history", [False, True])
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_sweep_without_runs_has_its_columns(
    here: Place, form: str, library: str, *, history: bool
) -> None:
    if not any(sweep.id == "empty" for sweep in here.store.sweeps()):
        here.store.add_sweep(here.store.sweep("s1")._replace(id="empty", project="other"))

    found = LIBRARIES[library](exported(here, form, history=history, sweep_id="empty"))

    params = {name for name in found if name.startswith("params.")}
    own = {"params.x", "params.lr", "params.opt.name", "params.opt.m"}
    assert (params, next(iter(found))) == (set() if history else own, "run")
    assert not any(found.values())


@ALL
@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_lists_of_whole_numbers_do_not_hide_that_one_is_none(
    here: Place, form: str, library: str
) -> None:
    found = read(here, form, library, history=True)["betas"]

    assert [[*found[0]], [*found[-1]]] == [[0, 1], [0.5, 1]]
