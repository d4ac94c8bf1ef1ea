from __future__ import annotations

import math

import pytest

from sweepcli.views import glyphs


def test_a_sparkline_rises_and_falls_with_its_values() -> None:
    assert glyphs.sparkline([0, 1, 2, 3, 4, 5, 6, 7, 0], 20) == "▁▂▃▄▅▆▇█▁"


def test_a_sparkline_has_at_most_its_width() -> None:
    assert glyphs.sparkline([float(i) for i in range(1000)], 8) == "▁▂▃▄▅▆▇█"


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ([], ""),
        ([math.nan, math.inf], ""),
        ([1.0, math.nan, 2.0], "▁ █"),
        ([3.0, 3.0], "▅▅"),
        ([-1e308, 1e308], "▁█"),
    ],
)
def test_a_sparkline_bears_what_scripts_log(values: list[float], line: str) -> None:
    assert glyphs.sparkline(values, 10) == line


def test_a_sparkline_has_a_plain_form() -> None:
    assert glyphs.sparkline([1.0, 2.0], 10, plain=True).isascii()


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "    "), (0.5, "██  "), (0.54, "██▏ "), (1.0, "████"), (7.0, "████"), (-1.0, "    ")],
)
def test_a_bar_is_filled_up_to_its_share(share: float, text: str) -> None:
    assert glyphs.bar(share, 4) == text


def test_a_bar_has_a_plain_form() -> None:
    assert glyphs.bar(0.5, 4, plain=True) == "##--"
