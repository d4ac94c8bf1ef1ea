"""Errors in parameters: one for each, with the place, the key and the fix."""

from __future__ import annotations

import pytest

from sweepcli.sweep_config import load
from sweepcli.sweep_config.problems import InvalidConfig

TOP = "method: random\nprogram: train.py\nparameters:\n"
BAD = {
    "{distribution: log_uniform_value, min: 1, max: 2}": (
        "4:7: parameters.x.distribution: 'log_uniform_value' is not a distribution "
        "(did you mean 'log_uniform_values'?)"
    ),
    "{distribution: choice, values: [1]}": (
        "4:7: parameters.x.distribution: 'choice' is not a distribution "
        "(did you mean 'categorical'?)"
    ),
    "{values: 0.3}": (
        "4:7: parameters.x.values: must be a list, not 0.3 (write [0.3] or use value: 0.3)"
    ),
    "{values: []}": "4:7: parameters.x.values: is empty",
    "{values: {a: 1}}": '4:7: parameters.x.values: must be a list, not {"a": 1} (write [1])',
    "[1, 2]": "4:3: parameters.x: is a list, not a mapping (write {values: [1, 2]})",
    "3": "4:3: parameters.x: is 3, not a mapping (write {value: 3})",
    "": "4:3: parameters.x: is empty (indent value, values, or min and max below it)",
    "{}": "4:3: parameters.x: is empty (indent value, values, or min and max below it)",
    "values:[a,b]": (
        '4:3: parameters.x: is the text "values:[a,b]" (a space is missing: write `values: [a,b]`)'
    ),
    "{'values:': [1]}": (
        "4:7: parameters.x.values:: unknown key 'values:' for categorical (did you mean 'values'?)"
    ),
    "{y: {min: 1, max: 2}}": (
        "4:3: parameters.x: has no value, values, or min and max; its keys look like parameters "
        "(put them under `parameters:` inside it)"
    ),
    "{low: 1, high: 2}": (
        "4:3: parameters.x: has no value, values, or min and max; it has 'low', 'high' "
        "(write `min` for `low`, `max` for `high`)"
    ),
    "{low: 1, high: 9, log: true}": (
        "4:3: parameters.x: has no value, values, or min and max; it has 'low', 'high', 'log' "
        "(write `min` for `low`, `max` for `high`; write `distribution: log_uniform_values` "
        "instead)"
    ),
    "{choices: [1, 2]}": (
        "4:3: parameters.x: has no value, values, or min and max; it has 'choices' "
        "(write `values` for `choices`)"
    ),
    "{size: 3}": (
        "4:3: parameters.x: has no value, values, or min and max; it has 'size' "
        "(write, for instance, `values: [1, 2]`)"
    ),
    "{min: 1e-5, max: 0.1, log: true}": (
        "4:28: parameters.x.log: unknown key 'log' for uniform "
        "(write `distribution: log_uniform_values` instead)"
    ),
    "{min: 1e-5, max: 0.1, scale: log}": (
        "4:28: parameters.x.scale: unknown key 'scale' for uniform "
        "(write `distribution: log_uniform_values` instead)"
    ),
    "{min: 1, max: 9, log: true}": (
        "4:23: parameters.x.log: unknown key 'log' for int_uniform "
        "(write `distribution: q_log_uniform_values` and `q: 1` instead)"
    ),
    "{min: 1, max: 9, log: false}": (
        "4:23: parameters.x.log: unknown key 'log' for int_uniform (remove it)"
    ),
    "{min: 1, max: 9, step: 2}": (
        "4:23: parameters.x.step: unknown key 'step' for int_uniform "
        "(write `distribution: q_uniform` and `q: 2` instead)"
    ),
    "{min: 1, high: 9}": (
        "4:15: parameters.x.high: unknown key 'high' for int_uniform (did you mean 'max'?)"
    ),
    "{type: float, min: 1, max: 9}": (
        "4:7: parameters.x.type: unknown key 'type' for int_uniform "
        "(write `distribution: uniform` instead)"
    ),
    "{distribution: Log-Uniform, min: 1, max: 9}": (
        "4:7: parameters.x.distribution: 'Log-Uniform' is not a distribution "
        "(did you mean 'log_uniform_values'?)"
    ),
    "{min: 3, max: 1}": "4:7: parameters.x.min: min 3 is not less than max 1 (swap them)",
    "{min: 1, max: 1}": "4:7: parameters.x.min: min 1 is not less than max 1 (write `value: 1`)",
    "{min: 1}": "4:3: parameters.x: `max` is missing for int_uniform",
    "{distribution: int_uniform, min: 1, max: 8.5}": (
        "4:42: parameters.x.max: must be a whole number, not 8.5 (or use `distribution: uniform`)"
    ),
    "{distribution: int_uniform, values: [8]}": (
        "4:34: parameters.x.values: unknown key 'values' for int_uniform "
        "(remove `distribution: int_uniform`)"
    ),
    "{min: true, max: 2}": "4:7: parameters.x.min: must be a number, not true",
    "{min: '0.1', max: 1.0}": (
        '4:7: parameters.x.min: must be a number, not the text "0.1" (remove the quotes)'
    ),
    "{min: 1, max: 8, q: 2}": (
        "4:3: parameters.x: min, max, q need a distribution (write `distribution: q_uniform`)"
    ),
    "{mu: 1, sigma: 2}": (
        "4:3: parameters.x: mu, sigma need a distribution (write `distribution: normal`)"
    ),
    "{distribution: uniform, min: 1, max: 8, q: 2}": (
        "4:46: parameters.x.q: unknown key 'q' for uniform (use `distribution: q_uniform`)"
    ),
    "{distribution: q_uniform, min: 1, max: 8, q: 0}": (
        "4:48: parameters.x.q: must be greater than 0, not 0"
    ),
    "{distribution: normal, sigma: -1}": "4:29: parameters.x.sigma: must be at least 0, not -1",
    "{distribution: log_uniform_values, min: 0, max: 1}": (
        "4:41: parameters.x.min: must be greater than 0, not 0 "
        "(only positive numbers have a logarithm; use `distribution: uniform`)"
    ),
    "{value: 1, values: [1]}": (
        "4:7: parameters.x.value: unknown key 'value' for categorical "
        "(keep one of value and values)"
    ),
    "{values: [1, 2], probabilities: [1]}": (
        "4:23: parameters.x.probabilities: has 1 entries for 2 values (give one for each value)"
    ),
    "{distribution: categorical, values: [1], probabilities: [1]}": (
        "4:47: parameters.x.probabilities: unknown key 'probabilities' for categorical "
        "(use `distribution: categorical_w_probabilities`)"
    ),
    "{parameters: {y: {min: 2, max: 1}}}": (
        "4:24: parameters.x.parameters.y.min: min 2 is not less than max 1 (swap them)"
    ),
    "{parameters: {y: {value: 1}}, value: 2}": (
        "4:36: parameters.x.value: a group has only `parameters`, not 'value' (remove it)"
    ),
    "{parameters: {}}": "4:7: parameters.x.parameters: is empty",
}


@pytest.mark.parametrize(("settings", "said"), BAD.items())
def test_a_bad_parameter_is_one_error_with_place_and_fix(settings: str, said: str) -> None:
    with pytest.raises(InvalidConfig) as caught:
        load.load(f"{TOP}  x: {settings}", "s.yaml")
    assert str(caught.value) == f"s.yaml:{said}"
