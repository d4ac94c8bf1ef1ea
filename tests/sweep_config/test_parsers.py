"""Which parser a program uses, by its text, and which values that takes in W&B's form."""

from __future__ import annotations

import pytest

import parsers_table
from parsers import READERS, STYLE_OF
from sweepcli.records import JSON
from sweepcli.sweep_config import parsers
from sweepcli.sweep_config.argument_styles import STYLES
from sweepcli.sweep_config.parsers import Kind

PROGRAMS = {
    "Hydra": [
        "import hydra\n@hydra.main(config_path='conf')\ndef main(cfg): ...",
        "import hydra as h\nh.main()(print)",
        "from hydra import main\n@main(version_base=None)\nasync def run(cfg): ...",
    ],
    "LightningCLI": [
        "from lightning.pytorch.cli import LightningCLI\nLightningCLI(Model)",
        "import lightning.pytorch as pl\npl.cli.LightningCLI(Model)",
        "from pytorch_lightning import cli\nclass Own(cli.LightningCLI): ...\nOwn()",
        "from pytorch_lightning.utilities.cli import LightningCLI as CLI\nCLI(Model)",
    ],
    "jsonargparse": [
        "from jsonargparse import CLI\nCLI(main)",
        "import jsonargparse\njsonargparse.auto_cli(main)",
        "from jsonargparse import ArgumentParser\nArgumentParser()",
    ],
    "absl": ["from absl import app, flags\napp.run(main)", "import absl.app\nabsl.app.run(main)"],
    "typer": ["import typer\ntyper.run(main)", "from typer import Typer\napp = Typer()"],
    "click": [
        "import click\n@click.command()\n@click.option('--lr')\ndef main(lr): ...",
        "from click import group\n@group\ndef main(): ...",
    ],
    "tyro": ["import tyro\nargs = tyro.cli(Args)", "from tyro import cli as read\nread(Args)"],
    "fire": ["import fire\nif True:\n    fire.Fire(main)", "from fire import Fire\nFire(main)"],
    "argparse": [
        "import argparse\nargparse.ArgumentParser()",
        "def main():\n    from argparse import ArgumentParser\n    ArgumentParser()",
    ],
}
UNKNOWN = [
    "",
    "print('import hydra; @hydra.main')",
    "import hydra\nhydra.utils.instantiate(cfg)",
    "import click\nclick.echo('x')",
    "from absl import logging\nlogging.info('x')",
    "from absl import app\napp.run(main, flags_parser=own)",
    "import tyro",
    "from own.cli import LightningCLI\nLightningCLI()",
    "from .hydra import main\n@main()\ndef run(): ...",
    "import hydra, argparse\nargparse.ArgumentParser()\n@hydra.main()\ndef main(cfg): ...",
    "import hydra\n@hydra.main(\ndef main(cfg): ...",
    "import hydra\nprint 'Python 2'\n@hydra.main()\ndef main(cfg): ...",
    "import hydra\n\0",
    "import hydra\nx = " + "(" * 5000,
]


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_uses_the_parser_that_it_imports_and_calls(name: str) -> None:
    for text in PROGRAMS[name]:
        found = parsers.read(text.encode())

        assert found is not None, text
        assert found.parser.name == name
        assert found.parser.style is None or found.parser.style in STYLES


@pytest.mark.parametrize("text", UNKNOWN)
def test_a_parser_that_is_not_sure_is_not_named(text: str) -> None:
    assert parsers.read(text.encode()) is None


def test_the_text_of_a_program_gives_no_warning() -> None:
    assert parsers.read(rb'import fire; fire.Fire(); "\d" is 1') is not None


def test_options_are_known_with_what_they_take() -> None:
    text = """
import argparse
p = argparse.ArgumentParser()
p.add_argument("--amp", action="store_true")
p.add_argument("-b", "--bias", action=argparse.BooleanOptionalAction)
p.add_argument("--layers", nargs="+", type=int)
p.add_argument("--lr", type=float)
p.add_argument(name, help="--not-this")
"""
    found = parsers.read(text.encode())

    assert found is not None
    assert found.options == {
        "amp": Kind.SWITCH,
        "bias": Kind.BOTH,
        "layers": Kind.LIST,
        "lr": Kind.VALUE,
    }


ARGPARSE = (
    "import argparse\np = argparse.ArgumentParser()\n"
    "p.add_argument('--amp', action='store_true')\np.add_argument('--fast', action='store_true')\n"
    "p.add_argument('--bias', action=argparse.BooleanOptionalAction)\n"
    "p.add_argument('--own', type=own)\np.add_argument('--sizes', nargs='+')\n"
)
CLICK = (
    "import click\n@click.command()\n@click.option('--amp', is_flag=True)\n"
    "@click.option('--bias/--no-bias')\n@click.option('--own', type=bool)\n"
    "@click.option('--sizes', multiple=True)\ndef main(): ...\n"
)


@pytest.mark.parametrize(
    ("text", "pairs", "form"),
    [
        (ARGPARSE, [("lr", 0.1), ("opt", "sgd")], None),
        (ARGPARSE, [("amp", True), ("amp", False), ("fast", True)], parsers.SWITCHES),
        (ARGPARSE, [("bias", False), ("sizes", [1, 2])], "argparse"),
        (ARGPARSE, [("own", False), ("own", [1])], None),
        (ARGPARSE, [("elsewhere", False)], None),
        (ARGPARSE, [("amp", True), ("bias", True)], None),
        (CLICK, [("amp", True)], parsers.SWITCHES),
        (CLICK, [("bias", True), ("sizes", ["a"])], "click"),
        (CLICK, [("own", True), ("lr", 0.1)], None),
        (CLICK, [("lr", None)], "click"),
        (PROGRAMS["Hydra"][0], [("lr", 0.1)], "hydra"),
        (PROGRAMS["LightningCLI"][0], [("lr", 0.1), ("fast", True)], None),
        (PROGRAMS["LightningCLI"][0], [("clip", None)], "jsonargparse"),
        (PROGRAMS["tyro"][0], [("opt", {"lr": 0.1})], "tyro"),
        (PROGRAMS["fire"][0], [("x", [None, True])], None),
    ],
)
def test_a_form_is_advised_where_wandbs_would_fail(
    text: str, pairs: list[tuple[str, JSON]], form: str | None
) -> None:
    found = parsers.read(text.encode())
    assert found is not None

    advised = parsers.advised(found, pairs)

    assert (advised and advised[0]) == form


@pytest.mark.parametrize(
    "name", [name for name in READERS if STYLE_OF[name] and name != "argparse"]
)
def test_what_is_refused_in_wandbs_form_is_what_the_real_parser_does_not_read(name: str) -> None:
    found = parsers.read(PROGRAMS[{"hydra": "Hydra"}.get(name, name)][0].encode())
    assert found is not None

    for value, lost in parsers_table.lost(name):
        advised = parsers.advised(found, [("x", value)])
        assert (advised is not None) == (lost or name == "hydra"), value
