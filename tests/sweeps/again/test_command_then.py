from __future__ import annotations

import pytest

from sweepcli.sweeps.again import command_then

DEFAULT = ["${env}", "${interpreter}", "${program}", "${args}"]


@pytest.mark.parametrize(
    ("command", "found"),
    [
        (DEFAULT, ["${env}", "SEED=1", "/v/python", "${program}", "${args}"]),
        (["python3", "a.py"], ["${env}", "SEED=1", "/v/python", "a.py"]),
        (["env", "A=1", "python", "a.py"], ["env", "SEED=1", "A=1", "/v/python", "a.py"]),
        (["/opt/python", "a.py"], ["${env}", "SEED=1", "/opt/python", "a.py"]),
        (["sh", "-c", "python a.py"], ["${env}", "SEED=1", "sh", "-c", "python a.py"]),
        (["uv", "run", "python", "a.py"], ["${env}", "SEED=1", "uv", "run", "python", "a.py"]),
    ],
)
def test_a_command_has_the_python_and_the_seeds_of_then(
    command: list[str], found: list[str]
) -> None:
    assert command_then.of(command, "/v/python", {"SEED": "1"}) == found


def test_where_nothing_differs_the_command_is_as_it_was() -> None:
    assert command_then.of(DEFAULT, None, {}) == DEFAULT
