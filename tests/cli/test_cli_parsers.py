"""Programs whose parser does not read W&B's form: `sweepcli run` uses theirs, `sweep` names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from command_lines import Call

HYDRA = "import hydra\n\n@hydra.main(version_base=None)\ndef main(cfg): ...\n"
SWITCH = """\
import argparse
p = argparse.ArgumentParser()
p.add_argument("--amp", action="store_true")
p.add_argument("--lr", type=float)
a = p.parse_args()
print("loss:", a.lr + (not a.amp))
"""
CONFIG = "program: train.py\nmethod: grid\nparameters: {lr: {values: [1, 2]}}\n"
ADVICE = (
    "own.yaml: command: train.py reads its arguments with Hydra, which does not take --lr=1, as "
    "${args} writes it like W&B (add `args_style: hydra`)"
)
# Each: a program, the parameter, and how it is passed.
REAL = {
    "hydra": (
        (
            "import hydra\nfrom omegaconf import OmegaConf\n"
            "from hydra.core.config_store import ConfigStore\n"
            "ConfigStore.instance().store('config', {'clip': 1.0})\n"
            "@hydra.main(version_base=None, config_name='config')\n"
            "def main(cfg): print('loss:', cfg.clip or 0)\nmain()\n"
        ),
        "clip=null,1.0",
        "clip=null",
    ),
    "tyro": (
        "import tyro\ndef main(amp: bool = True): print('loss:', int(amp))\ntyro.cli(main)\n",
        "amp=true,false",
        "--no-amp",
    ),
    "jsonargparse": (
        (
            "import jsonargparse\ndef main(clip: float | None = 1.0): print('loss:', clip or 0)\n"
            "jsonargparse.auto_cli(main, as_positional=False)\n"
        ),
        "clip=null,1.0",
        "--clip=null",
    ),
    "click": (
        (
            "import click\n@click.command()\n@click.option('--amp/--no-amp')\n"
            "def main(amp): print('loss:', int(amp))\nmain()\n"
        ),
        "amp=true,false",
        "--no-amp",
    ),
    "typer": (
        "import typer\ndef main(amp: bool = True): print('loss:', int(amp))\ntyper.run(main)\n",
        "amp=true,false",
        "--no-amp",
    ),
    "absl": (
        (
            "from absl import app, flags\nF = flags.DEFINE_list('x', ['1'], '')\n"
            "app.run(lambda _: print('loss:', len(F.value) - 2))\n"
        ),
        "x=[1,2],[1,2,3]",
        "--x=1,2",
    ),
    "switch": (SWITCH.replace("type=float", "type=float, default=0"), "amp=true,false", "--amp"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", REAL)
def test_one_line_passes_params_as_the_real_parser_reads_them(
    call: Call, folder: Path, name: str
) -> None:
    text, param, written = REAL[name]
    (folder / "train.py").write_text(text)

    answer = call(
        f"sweepcli run -P {param} --metric 'loss: {{loss}}' --minimize -- python train.py"
    )

    assert answer.code == 0
    assert "Its runs: 2 finished" in answer.err
    assert answer.out.splitlines()[-1] == f"python train.py {written}"
    assert ": params are passed as " in answer.err


def test_options_that_are_only_turned_on_work_from_one_line(call: Call, folder: Path) -> None:
    (folder / "train.py").write_text(SWITCH)

    answer = call(
        "sweepcli run -P amp=true,false -P lr=1 --metric 'loss: {loss}' --minimize -- "
        "python train.py '${args}'"
    )

    assert answer.out.splitlines()[-1] == "python train.py --amp --lr=1"
    assert (
        "train.py uses argparse: params are passed as --amp (--args-style wandb passes them as "
        "--NAME=VALUE)"
    ) in answer.err


@pytest.mark.parametrize(
    ("style", "written"), [("wandb", "--lr=1"), ("fire", "--lr=1"), ("tyro", "--lr 1")]
)
def test_a_style_that_is_given_wins(call: Call, folder: Path, style: str, written: str) -> None:
    (folder / "train.py").write_text(HYDRA)

    answer = call(
        f"sweepcli run -P lr=1 --metric 'loss: {{loss}}' --args-style {style} "
        "-- sh -c 'echo loss: 1' train.py"
    )

    assert answer.out.endswith(f" train.py {written}\n")
    assert "Hydra" not in answer.err


def test_sweep_names_the_line_that_the_program_needs(call: Call, folder: Path) -> None:
    (folder / "train.py").write_text(HYDRA)

    for command in ("sweep own.yaml", "sweep check own.yaml"):
        answer = call(command, CONFIG)
        assert answer.code == 0
        assert answer.err.count(ADVICE) == 1
    assert "python train.py --lr=1" in answer.out  # W&B's form does not change
    assert ADVICE not in call("sweep own.yaml", CONFIG + "args_style: hydra\n").err


def test_check_says_once_what_wandbs_form_does_to_values(call: Call, folder: Path) -> None:
    config = CONFIG.replace("[1, 2]", "[1, null]")
    assert "most other parsers texts" in call("sweep check own.yaml", config).err

    (folder / "train.py").write_text(HYDRA)

    assert "most other parsers texts" not in call("sweep check own.yaml", config).err


def test_an_agent_whose_runs_are_refused_names_the_form_once_at_its_end(
    call: Call, folder: Path
) -> None:
    said = "prog: error: unrecognized arguments: --lr=1"
    (folder / "train.py").write_text(f"{HYDRA}\nraise SystemExit({said!r})\n")
    call("sweep own.yaml", CONFIG)

    answer = call("agent latest")

    *_, named, ended, _next = answer.err.splitlines()
    assert "(add `args_style: hydra`)" in named
    assert answer.err.count("args_style") == 1
    assert "Its runs: 2 failed" in ended
