"""The benchmark of the stores still runs, on both kinds; its figures are not judged here."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from benchmarks.scale import __main__ as program
from benchmarks.scale import crowd, kinds, large, rates, searching, steady
from benchmarks.scale.kinds import Kind

from postgres_server import Server

TINY = program.Sizes(
    rates.Sizes((1, 2), window_s=0.05, rounds=1),
    searching.Sizes(2, every_s=0.1, window_s=0.3, searches_ms=(0, 20)),
    large.Sizes(300, 3, window_s=0.05, rounds=1),
    steady.Sizes((200,), window_s=0.4, real=2, herd=0, settle_s=0.5),
)


def shown(printed: str, title: str) -> list[str]:
    """Return the lines of a printed table below its headings."""
    block = next(part for part in printed.split("\n\n") if part.strip().startswith(title))
    return block.strip().splitlines()[2:]


@pytest.mark.slow
def test_rates_are_measured_on_both_kinds(
    tmp_path: Path, postgres: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    found: list[Kind] = [kinds.Files(str(tmp_path)), kinds.Databases(postgres)]

    figures = program.measure(found, ["rates"], TINY)

    assert [figure.measured > 0 for figure in figures] == [True] * 4
    assert len(shown(capsys.readouterr().out, "PostgreSQL")) == 2 * 3


@pytest.mark.slow
def test_the_waits_for_a_search_are_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = program.measure([kinds.Files(str(tmp_path))], ["searching"], TINY)
    assert [figure.measured > 0 for figure in figures] == [True]
    assert len(shown(capsys.readouterr().out, "SQLite")) == 2 * 2


@pytest.mark.slow
def test_a_large_sweep_is_looked_at(postgres: Server, capsys: pytest.CaptureFixture[str]) -> None:
    figures = program.measure([kinds.Databases(postgres)], ["large"], TINY)

    assert all(figure.measured > 0 for figure in figures)
    printed = capsys.readouterr().out
    assert "PostgreSQL: 300 runs, 900 rows" in printed
    assert len(shown(printed, "PostgreSQL: looking")) == 1 + len(large.COMMANDS) + 4 + 1


@pytest.mark.slow  # starts real agents
def test_what_a_server_bears_is_measured_with_real_agents(
    postgres: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    program.measure([kinds.Databases(postgres)], ["steady"], TINY)

    printed = capsys.readouterr().out
    statements = shown(printed, "What an agent asks for")
    for words in (
        "UPDATE {}agents SET heartbeat_at",
        "INSERT INTO {}history",
        "UPDATE {}runs SET su",
    ):
        assert any(words.format("sweepcli.") in line for line in statements), statements
    assert len(shown(printed, "A server's CPU time")) == 2


def test_who_fails_among_many_is_told_and_nobody_is_left(tmp_path: Path) -> None:
    def work(index: int, begin: Callable[[], None]) -> Sequence[float]:
        (tmp_path / str(os.getpid())).touch()
        if index == 1:
            raise ValueError
        begin()
        time.sleep(60)
        return []

    with pytest.raises(RuntimeError, match="failed before it could begin"):
        crowd.at_once(3, work)

    assert not any(os.path.exists(f"/proc/{name}") for name in os.listdir(tmp_path))


def test_numbers_come_back_in_the_order_of_the_clients() -> None:
    def work(index: int, begin: Callable[[], None]) -> Sequence[float]:
        begin()
        return [index + 0.5]

    assert crowd.at_once(3, work) == [[0.5], [1.5], [2.5]]
