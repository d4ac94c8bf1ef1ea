from __future__ import annotations

import pytest

from sweepcli.views.command_line import first_argument


@pytest.mark.parametrize(
    ("line", "args"),
    [
        ("python train.py --lr 1", "--lr 1"),
        ("/usr/bin/env python3.12 -u train.py --lr=1 x.py", "--lr=1 x.py"),
        ("python -m pkg.train --lr 1", "--lr 1"),
        ("python main a=1", "a=1"),
        ("python -c CODE --lr 1", "--lr 1"),
        ("sh -c TEXT sh --lr 1", "--lr 1"),
        ("bash -c TEXT", ""),
        ("bash run.sh --lr 1", "--lr 1"),
        ("env A=1 ./run.sh -m 1", "-m 1"),
        ("./run.sh --config a.py -m x", "--config a.py -m x"),
        ("./train.py --lr 1", "--lr 1"),
        ("mycli train --lr 1", "train --lr 1"),
        ("torchrun --nproc-per-node 2 train.py --lr 1", "--lr 1"),
        ("accelerate launch --config_file a.yaml train.py --lr 1", "--lr 1"),
        ("uv run -m pkg --lr 1", "--lr 1"),
        ("srun python -u train.py --lr 1", "--lr 1"),
        ("Rscript train.R --lr 1", "--lr 1"),
        ("docker run image --lr 1", "--lr 1"),
        ("python", ""),
    ],
)
def test_arguments_are_what_stands_behind_the_program(line: str, args: str) -> None:
    words = line.split()
    assert " ".join(words[first_argument(words, None) :]) == args


def test_the_program_of_the_config_is_the_program() -> None:
    words = ["launch.py", "a.py", "dir/my program", "--lr", "1"]
    assert first_argument(words, "dir/my program") == 3
