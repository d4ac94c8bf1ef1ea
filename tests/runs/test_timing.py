from __future__ import annotations

import pytest

from sweepcli.errors import UsageError
from sweepcli.runs import timing
from sweepcli.runs.timing import Timing


def test_times_are_defaults_unless_the_environment_sets_them() -> None:
    assert timing.read({"SWEEPCLI_LEASE": ""}) == Timing()
    assert timing.read(
        {
            "SWEEPCLI_HEARTBEAT": "0.5",
            "SWEEPCLI_LEASE": "2",
            "SWEEPCLI_INTERRUPT_DELAY": "0",
            "WANDB_AGENT_KILL_DELAY": "7",
        }
    ) == Timing(0.5, 2.0, 0.0, 7.0)


@pytest.mark.parametrize("text", ["soon", "-1", "nan", "inf"])
def test_what_is_no_number_of_seconds_is_told_with_its_variable(text: str) -> None:
    with pytest.raises(UsageError, match=rf"WANDB_AGENT_KILL_DELAY='{text}' is not a number"):
        timing.read({"WANDB_AGENT_KILL_DELAY": text})


@pytest.mark.parametrize(("heartbeat", "lease"), [("5", "9"), ("0", "60")])
def test_a_lease_that_its_own_heartbeat_would_miss_is_refused(heartbeat: str, lease: str) -> None:
    with pytest.raises(UsageError, match="must be at least twice SWEEPCLI_HEARTBEAT"):
        timing.read({"SWEEPCLI_HEARTBEAT": heartbeat, "SWEEPCLI_LEASE": lease})
