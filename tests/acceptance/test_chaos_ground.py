"""The short form of the attacks on what agents stand on; `make chaos` plays the long one."""

from __future__ import annotations

import pytest

from chaos_ground import ATTACKS, Figures, play
from needed import lacking
from other_user import CAN

QUICK = {"database removed", "a second user"}


@pytest.mark.parametrize(
    "name",
    [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in ATTACKS],
)
def test_nothing_is_lost_without_a_word(name: str) -> None:
    if ATTACKS[name].needs_root and not CAN:
        lacking("only root can mount disks and be other users")
    figures = Figures()

    play(figures, name, cells=8, seed=1, looks=("ls", "show"))

    assert figures.faults == []
    assert figures.rows == figures.found + figures.lost_with_a_word
    assert figures.rows >= 10  # two configurations, before the attack
    assert (figures.again, figures.hangs, figures.tracebacks) == (0, 0, 0)
