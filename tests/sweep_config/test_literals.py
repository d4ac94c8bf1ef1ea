"""Patterns that are meant as text, and those that are meant as regular expressions."""

from __future__ import annotations

import pytest

from sweepcli.errors import ConfigError
from sweepcli.records import JSON
from sweepcli.sweep_config import literals
from sweepcli.sweep_config.load import Loaded, load_mapping
from sweepcli.sweep_config.patterns import compiled

AS_TEXT = [
    ("acc ({acc}%)", "acc (93.1%)", {"acc": 93.1}),
    ("[{epoch}/10] loss {loss}", "[3/10] loss 0.5", {"epoch": 3, "loss": 0.5}),
    ("loss: {loss} [train]", "loss: 0.5 [train]", {"loss": 0.5}),
    ("[INFO] loss {loss}", "[INFO] loss 0.5", {"loss": 0.5}),
    ("[2026-01-02] loss {loss}", "[2026-01-02] loss 0.5", {"loss": 0.5}),
    ("loss*: {loss}", "loss*: 0.5", {"loss": 0.5}),
    ("**loss**: {loss}", "**loss**: 0.5", {"loss": 0.5}),
    ("acc={acc}?", "acc=1?", {"acc": 1}),
    ("loss {loss} | acc {acc}", "loss 0.5 | acc 0.9", {"loss": 0.5, "acc": 0.9}),
    ("| loss | {loss} |", "| loss | 0.5 |", {"loss": 0.5}),
    ("|loss|{loss}|", "|loss|0.5|", {"loss": 0.5}),
    ("{loss}|", "0.5|", {"loss": 0.5}),
    ("cost ${cost}", "cost $5", {"cost": 5}),
    ("cost {cost} $", "cost 5 $", {"cost": 5}),
    ("+{gain} dB", "+3 dB", {"gain": 3}),
    ("C++ {ms}", "C++ 12", {"ms": 12}),
    ("x^2 = {x}", "x^2 = 4", {"x": 4}),
    ("f() = {f}", "f() = 4", {"f": 4}),
    ("loss {loss}%)", "loss 5%)", {"loss": 5}),
    ("at [b {loss}", "at [b 5", {"loss": 5}),
    ("loss {loss:.4f}, lr {lr!r}", "loss 0.25, lr 0.1", {"loss": 0.25, "lr": 0.1}),
    ("epoch \\d+ ({acc}%)", "epoch 7 (93.1%)", {"acc": 93.1}),
]
REGULAR = [
    r"epoch \d+ loss {loss}",
    "epoch .* loss {loss}",
    "(train|val) loss {loss}",
    "(?:train|val) loss {loss}",
    "loss:? {loss}",
    "epochs? {loss}",
    "^loss {loss}$",
    "[Ll]oss[:=] *{loss}",
    r"(\d+)/([0-9]+) (.*) {loss}",
    "epoch 0*{epoch}",
    "=+ {loss} =+",
    "train loss {a}|val loss {b}",
    "loss {loss}(, acc {acc})?",
    "[^,]+, [a-z]* {loss}",
    r"\(?{acc}%\)?",
    r"^\[{epoch}/\d+\] loss {loss}",
    r"(?<![\w/])loss {loss}(?= )",
    "(?i)LOSS.{3}{loss}",
    "(?:^| )loss={loss}(?:$| )",
    r"(a+)\1 {loss}",
    "'loss': {loss}, 'val/acc': {val/acc}",
]


def config(*texts: str) -> dict[str, JSON]:
    return {
        "method": "grid",
        "program": "train.py",
        "parameters": {"x": {"value": 1}},
        "metrics_from": {"output": list(texts)},
    }


def loaded(*texts: str) -> Loaded:
    return load_mapping(config(*texts))


@pytest.mark.parametrize(("text", "line", "values"), AS_TEXT)
def test_what_looks_as_if_printed_has_a_pattern_that_matches_it(
    text: str, line: str, values: dict[str, float]
) -> None:
    mended = literals.mended(text)

    assert mended is not None
    assert compiled(mended).values(line) == values


@pytest.mark.parametrize("text", REGULAR)
def test_no_regular_expression_is_taken_for_text(text: str) -> None:
    assert literals.mended(text) is None
    assert loaded(text).warnings == ()


def test_a_bracket_that_matches_nothing_is_told_with_the_pattern_that_does() -> None:
    [warning] = loaded("acc ({acc}%)").warnings
    assert str(warning) == (
        "config: metrics_from.output[0]: ( ) are not matched as text in 'acc ({acc}%)': a pattern "
        "is a regular expression, so the line 'acc (0.5%)' is not read (to match what is printed, "
        r"write 'acc \({acc}%\)')"
    )


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("[{epoch}/10] it's {loss}", r"'\[{epoch}/10\] it''s {loss}'"),
        (r"C:\logs {loss}", r"'C:\\logs {loss}'"),
    ],
)
def test_a_pattern_that_is_none_is_refused_with_one_that_is(text: str, instead: str) -> None:
    with pytest.raises(ConfigError, match="is not a regular expression") as error:
        loaded(text)
    assert f"(to match what is printed, write {instead})" in str(error.value)


def test_a_number_of_another_alternative_is_left_out() -> None:
    pattern = compiled("loss {loss}|acc {acc}( of {most})?")
    assert pattern.values("loss 1") == {"loss": 1}
    assert pattern.values("acc 0.5") == {"acc": 0.5}
