from __future__ import annotations

import subprocess
import sys

import pytest

from sweepcli.views import terminal


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        *(("", 0), ("abc", 3), ("größe", 5), ("▁▂█░…─", 6)),
        *(("学習率", 6), ("e\u0301", 1), ("\U0001f680", 2)),  # an accent by itself, a rocket
    ],
)
def test_characters_are_counted_as_terminals_show_them(text: str, cells: int) -> None:
    assert terminal.cells(text) == cells


def test_a_text_is_cut_and_padded_to_cells() -> None:
    assert terminal.cut("学習率学習率", 7) == "学習率…"
    assert terminal.cut("学習率", 6) == "学習率"
    assert terminal.cut("abcdef", 5, "...") == "ab..."
    assert terminal.cut("abcdef", 2, "...") == "..."
    assert terminal.exactly("e\u0301", 3) == "e\u0301  "
    assert terminal.exactly("abc", 2) == "ab"


@pytest.mark.parametrize(
    ("name", "width", "cut"),
    [
        ("optimizer.param_groups.lr", 25, "optimizer.param_groups.lr"),
        ("optimizer.param_groups.lr", 13, "opti…roups.lr"),
        *(("abcdef", 5, "a…def"), ("abcdef", 2, "…f"), ("abcdef", 1, "…"), ("abcdef", 0, "…")),
        *(("学習率学習率", 11, "学…率学習率"), ("e\u0301e\u0301e\u0301e", 3, "…e\u0301e")),
    ],
)
def test_a_name_that_is_cut_keeps_both_ends(name: str, width: int, cut: str) -> None:
    assert terminal.cut_middle(name, width) == cut


def test_rich_is_not_loaded_for_what_we_write_ourselves() -> None:
    program = """
import sys
from sweepcli.views import glyphs, grid
curve = glyphs.sparkline([1.0, 2.0], 9) + glyphs.track(0.3, 20)
grid.table(["größe", "curve"], [["a text that is cut", curve]], 20)
grid.pairs([("name", "ü")], 20)
print("rich" in sys.modules)
"""

    assert subprocess.check_output([sys.executable, "-c", program], text=True) == "False\n"


@pytest.mark.parametrize(("said", "width"), [("100", 100), ("", 80), ("0", 80), ("wide", 80)])
def test_the_width_is_what_columns_says(
    monkeypatch: pytest.MonkeyPatch, said: str, width: int
) -> None:
    monkeypatch.setattr("os.get_terminal_size", lambda _: (_ for _ in ()).throw(OSError))
    monkeypatch.setenv("COLUMNS", said)
    assert terminal.columns() == width
