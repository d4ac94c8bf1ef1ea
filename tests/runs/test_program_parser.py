"""The form of ${args} that a sweep's program needs, by the file that its command names."""

from __future__ import annotations

from pathlib import Path

import pytest

from sweepcli.records import JSON
from sweepcli.runs import program_parser
from sweepcli.runs.program_parser import Advice
from sweepcli.sweep_config.parse import parse

HYDRA = "import hydra\n\n@hydra.main(version_base=None)\ndef main(cfg): ...\n"
TYRO = "import tyro\n\ntyro.cli(Args)\n"
SWITCH = (
    "import argparse\np = argparse.ArgumentParser()\np.add_argument('--amp', action='store_true')\n"
)
DEFAULT = ("${env}", "${interpreter}", "${program}", "${args}")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "train.py").write_text(HYDRA)
    (tmp_path / "pkg" / "run").mkdir(parents=True)
    (tmp_path / "pkg" / "train.py").write_text(TYRO)
    (tmp_path / "pkg" / "run" / "__main__.py").write_text(TYRO)
    return tmp_path


def advice(*command: str, parameters: JSON = None, **config: JSON) -> Advice | None:
    given = parameters or {"amp": {"value": False}}
    raw = {"method": "grid", "parameters": given, "command": [*(command or DEFAULT)], **config}
    return program_parser.advice(parse(raw))


@pytest.mark.parametrize(
    ("command", "program", "form"),
    [
        (DEFAULT, "train.py", "hydra"),
        (DEFAULT, "./train.py", "hydra"),
        (DEFAULT, "absent.py", None),
        (("python", "train.py", "--plot", "plot.py", "${args}"), None, "hydra"),
        (("python", "absent.py", "train.py", "${args}"), None, None),
        (("./train.py", "${args}"), None, "hydra"),
        (("torchrun", "--nproc-per-node=2", "-m", "pkg.train", "${args}"), None, "tyro"),
        (("python", "-m", "pkg.run", "${args}"), None, "tyro"),
        (("python", "-m", "torch.distributed.run", "train.py", "${args}"), None, "hydra"),
        (("bash", "-c", 'python train.py "$@"', "--", "${args}"), None, "hydra"),
        (("python", "train.py", "amp=${amp}"), None, None),
        (("python", "train.py", "${args_no_hyphens}"), None, None),
    ],
)
def test_the_form_is_that_of_the_program_which_the_command_names(
    command: tuple[str, ...], program: str | None, form: str | None
) -> None:
    named: dict[str, JSON] = {"program": program} if program else {}

    found = advice(*command, **named)

    assert (found and found.form) == form


def test_no_form_is_advised_where_one_is_chosen() -> None:
    assert advice(program="train.py", args_style="argparse") is None


def test_the_advice_names_the_program_its_parser_and_the_line_to_add() -> None:
    found = advice(program="train.py", parameters={"lr": {"min": 0.1, "max": 1.0}})

    assert found is not None
    assert found.words == (
        "command: train.py reads its arguments with Hydra, which does not take --lr=0.1, as "
        "${args} writes it like W&B (add `args_style: hydra`)"
    )
    assert found.written == "lr=0.1"


def test_options_that_are_only_turned_on_have_a_macro(folder: Path) -> None:
    (folder / "train.py").write_text(SWITCH)

    found = advice(program="train.py", parameters={"amp": {"values": [True, False]}})

    assert found is not None
    assert found.setting == "write ${args_no_boolean_flags} instead of ${args}"
    assert found.written == "--amp"


def test_nested_parameters_are_one_value_in_wandbs_form() -> None:
    opt: dict[str, JSON] = {"opt": {"parameters": {"name": {"values": ["sgd", "adam"]}}}}

    found = advice(program="pkg/train.py", parameters=opt)

    assert found is not None
    assert found.refused == "'--opt={'\"'\"'name'\"'\"': '\"'\"'sgd'\"'\"'}'"
    assert found.written == "--opt.name sgd"


def test_what_is_no_program_is_passed_over(folder: Path) -> None:
    (folder / "train.py").unlink()
    (folder / "train.py").mkdir()

    assert advice(program="train.py") is None
