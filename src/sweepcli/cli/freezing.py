"""Says which code a frozen sweep takes, and what of it cannot be frozen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli.errors import ConfigError, UsageError
from sweepcli.messages import say, warn
from sweepcli.printed import escaped
from sweepcli.sweeps import freezing

if TYPE_CHECKING:
    from sweepcli.records import SweepConfig
    from sweepcli.sweeps.freezing import Plan

NOT_STRICT = "--strict: the code is not frozen: add --freeze, or `code: frozen` to the config"
REFUSED = "--strict: nothing is created, since this cannot be frozen:\n{lines}"


def planned(config: SweepConfig, results: str, *, is_strict: bool = False) -> Plan:
    """Look at the code, and say what is going to be frozen; raise as `freezing.plan` does.

    Raises ConfigError for a strict sweep of which something cannot be frozen.
    """
    if not config.code.is_frozen:
        raise UsageError(NOT_STRICT)
    plan = freezing.plan(config, results)
    if is_strict and (told := plan.lines):
        raise ConfigError(REFUSED.format(lines="\n".join(told)))
    say(summary(plan))
    if warning := plan.warning:
        warn(warning)
    return plan


def summary(plan: Plan) -> str:
    """Say how much code there is, and where."""
    files = plan.tree.files
    number = "1 file" if len(files) == 1 else f"{len(files)} files"
    size = sum(file.size for file in files.values()) / 1e6
    amount = f"{number}, {size:.0f} MB," if size >= 1 else number
    return f"The code is frozen as it is now: {amount} of {escaped(plan.tree.root)}"
