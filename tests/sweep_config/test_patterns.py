from __future__ import annotations

import math

import pytest

from sweepcli.sweep_config.patterns import compiled


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("0.93", 0.93), ("1", 1), ("-2", -2), ("+3.5", 3.5), (".5", 0.5), ("1.", 1.0)),
        *(("1e-5", 1e-5), ("2.5E+3", 2500.0), ("93%", 93), ("0.5,", 0.5), ("inf", math.inf)),
        *(("-Infinity", -math.inf), ("1_000", 1)),
    ],
)
def test_numbers_in_every_form_are_found(text: str, value: float) -> None:
    assert compiled("val_acc: {val_acc}").values(f"epoch 3 val_acc: {text}") == {"val_acc": value}


def test_nan_is_a_number_and_a_word_is_none() -> None:
    pattern = compiled("loss {loss}")
    assert math.isnan(pattern.values("loss nan")["loss"])
    assert pattern.values("loss nano") == pattern.values("loss is high") == {}


def test_the_rest_of_a_pattern_is_a_regular_expression() -> None:
    pattern = compiled(r"\[(\w+)\]\s+step {_step}(?:/\d{1,9})? .*?val/loss = {val/loss}")

    found = pattern.values("[eval]   step 20/900 | train = 3 | val/loss = 0.25 end")

    assert found == {"_step": 20, "val/loss": 0.25}
    assert pattern.names == ("_step", "val/loss")


@pytest.mark.parametrize(
    ("text", "why"), [("val_acc", "has no metric"), ("a{3}", "has no"), ("({a}", "regular")]
)
def test_a_pattern_that_cannot_be_used_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        compiled(text)
