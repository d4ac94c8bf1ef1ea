"""Why runs failed, told by the real Hydra and read by an agent."""

from __future__ import annotations

import sys
from pathlib import Path

from support import grid, place
from sweepcli.runs.slots import Slot
from sweepcli.views import failures

PROGRAM = """\
import hydra

@hydra.main(version_base=None, config_path=None)
def main(cfg):
    if cfg.x != 1:
        raise ValueError(f"bad rate {cfg.x / 7}")
    hydra.utils.instantiate({"_target_": "math.sqrt", "_args_": [-1]})

main()
"""


def test_failures_under_hydra_are_told_and_grouped_by_their_exceptions(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(PROGRAM)
    quiet = "hydra/job_logging=none", f"hydra.run.dir={tmp_path}/out"
    command = [sys.executable, f"{tmp_path}/train.py", "+x=${x}", *quiet]
    with place(tmp_path, grid(3, command)) as here:
        here.run(most_failures=9, slots=[Slot(0), Slot(1), Slot(2)])
        rates, other = failures.of(here.store, here.store.sweep("s1"))

    assert rates.text in {f"exit code 1: ValueError: bad rate {x / 7}" for x in (2, 3)}
    assert len(rates.runs) == 2
    assert other.text == "exit code 1: ValueError('math domain error')"
