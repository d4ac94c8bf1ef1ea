"""A search function of the user's own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sweepcli import search
from sweepcli.errors import SearchError
from sweepcli.records import Run, RunState, SweepConfig
from sweepcli.sweep_config import parse

CODE = """
import numpy as np

print("loading")

def halves(config, runs, n):
    print("halving")
    tried = [run.params["lr"] for run in runs]
    best = min((run.value, run.params["lr"]) for run in runs)[1] if runs else 1.0
    return [{"lr": best / 2 ** (i + 1), "net": {"width": np.int64(8)}} for i in range(n)]

def stops(config, runs, n):
    return [{"lr": 1, "net": {"width": 1}}] if len(runs) < 2 else []

def fails(config, runs, n):
    raise KeyError("lr")

def returns_none(config, runs, n):
    return [None]

def lacks(config, runs, n):
    return [{"lr": 1}]

def adds(config, runs, n):
    return [{"lr": 1, "typo": 2, "net": {"width": 1}}]

def flat(config, runs, n):
    return [{"lr": 1, "net": 3}]

def odd(config, runs, n):
    return [{"lr": object(), "net": {"width": 1}}]

number = 3
"""


@pytest.fixture(autouse=True)
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "my_search.py").write_text(CODE)
    (tmp_path / "broken_search.py").write_text("import no_such_module_anywhere\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield
    for name in ("my_search", "broken_search"):
        sys.modules.pop(name, None)


def config(method: str) -> SweepConfig:
    space = {
        "lr": {"min": 0.0, "max": 1.0},
        "net": {"parameters": {"width": {"min": 1, "max": 9}, "depth": {"value": 3}}},
    }
    return parse.parse({"method": method, "parameters": space})


def suggested(name: str, runs: list[Run] | None = None, n: int = 1) -> list[dict[str, object]]:
    sweep = config(f"my_search:{name}")
    return [each.params for each in search.method(sweep.method)(sweep, runs or [], n)]


def test_its_params_are_taken_with_constants_filled_in() -> None:
    made = suggested("halves", n=2)

    assert made == [
        {"lr": 0.5, "net": {"width": 8, "depth": 3}},
        {"lr": 0.25, "net": {"width": 8, "depth": 3}},
    ]
    assert type(made[0]["net"]["width"]) is int  # type: ignore[index]


def test_what_it_prints_goes_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    suggested("halves")
    assert capsys.readouterr() == ("", "loading\nhalving\n")


def test_it_sees_the_runs_and_their_keys_go_on() -> None:
    run = Run("r", "s", 1, "0", RunState.FINISHED, {"lr": 0.25}, value=2.0)
    sweep = config("my_search:halves")

    [made] = search.method(sweep.method)(sweep, [run], 1)

    assert (made.key, made.params["lr"]) == ("1", 0.125)


LATE = """
def imports(config, runs, n):
    import my_helper
    return [{"lr": my_helper.LR, "net": {"width": 1}}]
"""


def test_what_is_imported_later_is_the_helper_of_the_user_s_and_no_namesake_of_a_library(
    tmp_path: Path,
) -> None:
    """In a process of its own: here, the libraries are loaded already."""
    (tmp_path / "my_late_search.py").write_text(LATE)
    (tmp_path / "my_helper.py").write_text("LR = 0.125")
    for name in ("csv.py", "random.py", "numpy.py"):
        (tmp_path / name).write_text("raise RuntimeError('this is not the library')")
    space = {"lr": {"min": 0.0, "max": 1.0}, "net": {"parameters": {"width": {"value": 1}}}}
    script = f"""
from sweepcli import search
from sweepcli.sweep_config import parse
config = parse.parse({{"method": "my_late_search:imports", "parameters": {space}}})
suggest = search.method(config.method)
suggest(config, [], 1)
import csv, random, numpy
print(suggest(config, [], 1)[0].params["lr"])
"""

    done = subprocess.run(
        [sys.executable, "-P", "-c", script], capture_output=True, text=True, check=False
    )

    assert (done.stdout, done.stderr) == ("0.125\n", "")


def test_the_search_path_is_as_it_was_but_for_its_end(tmp_path: Path) -> None:
    before = [entry for entry in sys.path if entry not in ("", str(tmp_path))]
    sys.path[:] = before
    suggested("halves")
    suggested("halves")

    assert sys.path == [*before, str(tmp_path)]


def test_an_empty_answer_ends_the_search() -> None:
    runs = [Run(f"r{i}", "s", i, str(i), RunState.FINISHED, {}) for i in range(2)]

    assert suggested("stops", runs) == []
    assert search.size(config("my_search:stops")) is None
    assert search.ahead("my_search:stops") == 1


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("fails", r"my_search:fails: KeyError: 'lr' \(.*my_search\.py:16\)"),
        ("returns_none", "must return mappings, not None"),
        ("lacks", "there is no value for 'net.width'"),
        ("adds", "'typo' is not a parameter of the sweep"),
        ("flat", "'net' must be a mapping of parameters"),
        ("odd", "object is not JSON"),
    ],
)
def test_a_fault_of_its_is_told_as_such(name: str, said: str) -> None:
    with pytest.raises(SearchError, match=said):
        suggested(name)


@pytest.mark.parametrize(
    ("method", "said"),
    [
        ("my_search:halves", None),
        ("my_search:nothing", "my_search has no function 'nothing'"),
        ("my_search:number", "my_search has no function 'number'"),
        ("no_such_search:f", "No module named 'no_such_search'; start where no_such_search can"),
        ("broken_search:f", "No module named 'no_such_module_anywhere'"),
    ],
)
def test_what_cannot_be_loaded_is_known_before(method: str, said: str | None) -> None:
    found = search.problem(config(method))
    assert found is None if said is None else said in str(found)
