from __future__ import annotations

import pytest

from sweepcli.printed import escaped
from sweepcli.records import JSON
from sweepcli.views import headings, terminal

HYDRA = [f"experiment.group_{at % 4}.component_{at}.hyper_parameter" for at in range(40)]


def shown(names: list[str], width: int) -> list[str]:
    return [heading(width) for heading in headings.of(names, width)]


def test_a_name_keeps_both_ends_and_one_that_fits_is_whole() -> None:
    assert shown(["learning_rate_warmup_steps", "lr"], 12) == ["lea…up_steps", "lr"]


def test_names_that_would_be_cut_to_the_same_text_lose_what_they_have_in_common() -> None:
    assert shown(["model.encoder.dropout_rate", "model.decoder.dropout_rate"], 12) == [
        "…en…out_rate",
        "…de…out_rate",
    ]
    assert shown([f"model.layers.{at}.attention.dropout_rate" for at in (1, 12)], 12) == [
        "…1.…out_rate",
        "…12…out_rate",
    ]
    assert shown([f"model.layers.{at}.attention.dropout_rate" for at in (1, 11, 21)], 12)[1:] == [
        "…11…out_rate",
        "…21…out_rate",
    ]


@pytest.mark.parametrize("width", range(1, 60))
def test_names_can_always_be_told_apart(width: int) -> None:
    names = [*HYDRA, "a", "a.b", "a.b.c", "x" * 50 + "1" + "y" * 50, "x" * 50 + "2" + "y" * 50]

    found = headings.of(names, width)

    assert len({heading(0) for heading in found}) == len(names)
    for heading in found:
        assert terminal.cells(heading(0)) <= max(heading.least, 1)
        assert terminal.cells(heading(width)) <= max(heading.least, width)
        assert heading(1000) == heading.name


def test_names_of_wide_characters_are_cut_by_cells() -> None:
    for name in shown(["データ拡張の方法と強さ", "データ拡張の方法と回数"], 12):
        assert terminal.cells(name) <= 12


PAIRS: list[tuple[str, JSON]] = [
    ("model.optimizer.learning_rate", 0.000123456789),
    ("layers", [64, 128]),
    ("note", "x" * 100),
    ("depth", 3),
]


def test_pairs_are_shown_as_far_as_they_fit_with_whole_values() -> None:
    whole = {"0.000123457", "[64, 128]", "3"}
    for width in range(200):
        text = headings.pairs_within(PAIRS, width)
        assert terminal.cells(text) <= max(width, 1)
        for pair in text.removesuffix("…").replace(", ", ",").split():
            name, _, value = pair.partition("=")
            assert value.replace(",", ", ") in whole or name == "note"
    assert headings.pairs_within(PAIRS, 30) == "model…rning_rate=0.000123457 …"
    assert headings.pairs_within(PAIRS[-1:], 7) == "depth=3"
    assert headings.pairs_within(PAIRS[-1:], 6) == "…"
    assert headings.pairs_within([], 0) == ""


def test_no_name_in_pairs_commands_a_terminal() -> None:
    assert headings.pairs_within([("a\x1b[2J", 1)], 40) == f"{escaped(chr(97) + chr(27))}[2J=1"
