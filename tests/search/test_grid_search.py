from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweepcli.errors import ConfigError
from sweepcli.records import JSON, SweepConfig
from sweepcli.search import grid
from sweepcli.sweep_config import parameters
from unread_runs import UnreadRuns


def config(raw: dict[str, JSON]) -> SweepConfig:
    return SweepConfig("grid", parameters.flatten(raw))


def cells(raw: dict[str, JSON], n: int = 1000) -> list[JSON]:
    return [suggestion.params for suggestion in grid.suggest(config(raw), [], n)]


@given(
    st.dictionaries(
        st.sampled_from("dbca"),
        st.lists(st.integers(0, 9), min_size=1, max_size=4, unique=True),
        min_size=1,
    )
)
def test_cells_are_the_product_with_the_first_name_slowest(lists: dict[str, list[int]]) -> None:
    names = sorted(lists)
    product = itertools.product(*(lists[name] for name in names))

    found = cells({name: {"values": values} for name, values in lists.items()})

    assert found == [dict(zip(names, values, strict=True)) for values in product]


def test_a_grid_of_a_million_million_cells_starts_and_ends_at_once() -> None:
    huge = config({f"p{i:02}": {"values": list(range(10))} for i in range(12)})
    began = time.process_time()

    first = grid.suggest(huge, [], 1)
    last = grid.suggest(huge, UnreadRuns(10**12 - 1), 5)

    assert time.process_time() - began < 0.1
    assert [s.key for s in (*first, *last)] == ["0", "999999999999"]
    assert set(last[0].params.values()) == {9}


def test_repeated_values_make_one_cell_and_the_later_form_wins() -> None:
    raw = {"a": {"values": [1, 1.0, True, "1", None, "None"]}}
    assert [repr(cell["a"]) for cell in cells(raw)] == ["1.0", "True", "'1'", "None", "'None'"]
    assert grid.size(config(raw)) == 5


def test_steps_are_exact_and_include_the_maximum() -> None:
    raw = {"a": {"distribution": "q_uniform", "min": 0.1, "max": 0.5, "q": 0.1}}
    assert [cell["a"] for cell in cells(raw)] == [0.1, 0.2, 0.3, 0.4, 0.5]


def test_whole_numbers_and_constants_keep_their_types() -> None:
    raw = {"n": {"min": 3, "max": 5}, "c": {"value": 2.0}}
    assert repr(cells(raw)) == "[{'c': 2.0, 'n': 3}, {'c': 2.0, 'n': 4}, {'c': 2.0, 'n': 5}]"


def test_a_finished_grid_suggests_nothing() -> None:
    pair = config({"a": {"values": [1, 2]}})
    assert grid.suggest(pair, UnreadRuns(2), 3) == []
    assert [s.key for s in grid.suggest(pair, UnreadRuns(1), 3)] == ["1"]


def test_a_continuous_parameter_is_refused_with_its_name() -> None:
    raw = {"o": {"parameters": {"lr": {"min": 0.1, "max": 0.2}}}}
    with pytest.raises(ConfigError, match=r"parameters\.o\.lr: method grid cannot list"):
        cells(raw)
