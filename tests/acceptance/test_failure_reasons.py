"""Why runs failed, told by the real Hydra and read by an agent."""

from __future__ import annotations

import sys
from pathlib import Path

from support import grid, place
from sweepcli.views import failures

PROGRAM = """\
import hydra, sys
from omegaconf import OmegaConf

@hydra.main(version_base=None, config_path=None)
def main(cfg):
    if cfg.x == 1:
        OmegaConf.create({"deep": {"er": 1}}).deep.nothere.er
    if cfg.x in (2, 3):
        raise ValueError(f"bad rate {cfg.x / 7}")
    hydra.utils.instantiate({"_target_": "math.sqrt", "_args_": [-1]})

main()
"""


def test_failures_under_hydra_are_told_and_grouped_by_their_exceptions(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(PROGRAM)
    quiet = "hydra/job_logging=none", f"hydra.run.dir={tmp_path}/out"
    command = [sys.executable, f"{tmp_path}/train.py", "+x=${x}", *quiet]
    with place(tmp_path, grid(4, command)) as here:
        here.run(most_failures=9)

        found = {
            each.text: len(each.runs) for each in failures.of(here.store, here.store.sweep("s1"))
        }

    assert found == {
        f"exit code 1: ValueError: bad rate {3 / 7}": 2,
        "exit code 1: AttributeError: 'NoneType' object has no attribute 'er'": 1,
        "exit code 1: ValueError('math domain error')": 1,
    }
