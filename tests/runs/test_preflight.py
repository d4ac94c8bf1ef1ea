from __future__ import annotations

import sys
from pathlib import Path

import pytest

from support import grid
from sweepcli.errors import LaunchError, NotSupported
from sweepcli.records import JSON
from sweepcli.runs import preflight
from sweepcli.sweep_config import parse

DEFAULT = ["${env}", "${interpreter}", "${program}", "${args}"]


def check(*command: str, **more: JSON) -> list[str]:
    """Return the notes of a check, and the interpreter as the last of them."""
    notes: list[str] = []
    interpreter = preflight.check(
        parse.parse(grid(1, command, **more)), notes.append, has_gpus=False
    )
    return [*notes, interpreter]


@pytest.fixture(autouse=True)
def own_interpreter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))


def test_a_command_of_its_own_needs_no_program() -> None:
    assert check("/bin/true") == ["python"]


def test_a_program_that_is_there_is_fine() -> None:
    Path("train.py").touch()
    assert check(*DEFAULT, program="train.py") == ["python"]


def test_a_program_that_is_not_there_is_told_with_the_folder() -> None:
    with pytest.raises(LaunchError, match=r"'train\.py' is not in .*; start the agent in"):
        check(*DEFAULT, program="train.py")


def test_a_program_of_a_command_of_its_own_is_not_looked_for() -> None:
    assert check("srun", "${program}", program="on-the-node.py") == ["python"]


def test_a_command_without_its_program_is_told_with_the_cure() -> None:
    with pytest.raises(LaunchError, match=r"add `program: train\.py`"):
        check(*DEFAULT)


def test_another_interpreter_than_the_agents_is_told_where_it_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "python3").touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    told, interpreter = check("${interpreter}", "-V")

    assert interpreter == "python3"
    assert told == f"runs use {tmp_path / 'python3'}, not the agent's own {sys.executable}"
    assert check("/bin/true") == ["python3"]


def test_a_method_that_is_not_obeyed_is_refused() -> None:
    with pytest.raises(NotSupported, match=r"method: custom needs `scheduler: \{engine: optuna\}`"):
        check("/bin/true", method="custom")


def test_a_rule_that_is_not_obeyed_is_refused() -> None:
    with pytest.raises(NotSupported, match=r"early_terminate: envelope .*hyperband or asha"):
        check("/bin/true", early_terminate={"type": "envelope"})
    check("/bin/true", early_terminate={"type": "hyperband", "min_iter": 3})


def test_a_macro_for_gpus_needs_some_unless_a_parameter_is_called_so() -> None:
    group = {"gpu": {"parameters": {"count": {"value": 1}}}}
    with pytest.raises(LaunchError, match=r"\$\{gpu\} needs an agent with GPUs: add --gpus all"):
        check("/bin/echo", "${gpu}")

    assert check("/bin/echo", "${gpu}", parameters={"gpu": {"value": 1}}) == ["python"]
    assert check("/bin/echo", "${gpu}", parameters=group) == ["python"]


def test_a_variable_that_the_command_needs_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LaunchError, match="no variable DATA"):
        check("/bin/echo", "${envvar:DATA}")

    monkeypatch.setenv("DATA", "")
    assert check("/bin/echo", "${envvar:DATA}") == ["python"]
