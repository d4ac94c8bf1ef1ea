from __future__ import annotations

from pathlib import Path

from support import an_agent, claimed, end, grid, place, suggestions
from sweepcli.records import Ending, RunState
from sweepcli.views import failures

CHATTER = """Traceback (most recent call last):
ValueError: width must be even
\x1b[1;34mwandb\x1b[0m:
\x1b[1;34mwandb\x1b[0m: You can sync this run to the cloud by running:
wandb: Find logs at: somewhere/else/every/time
"""


def test_runs_are_grouped_by_what_they_said_last_and_not_by_what_wandb_adds(tmp_path: Path) -> None:
    with place(tmp_path, grid(3)) as here:
        here.store.add_agent(an_agent())
        here.store.suggest("s1", suggestions(3), run_cap=None, now=1.0)
        for number in range(3):
            ending = Ending(RunState.FAILED, 1, "exit code 1", 9.0, f"{CHATTER}wandb: {number}\n")
            end(here.store, claimed(here.store), ending)

        [group] = failures.of(here.store, here.store.sweep("s1"))

    assert group.text == "exit code 1: ValueError: width must be even"
    assert len(group.runs) == 3
