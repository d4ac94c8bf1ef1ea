"""Hyperparameter sweeps like W&B's, on your own machine.

`import sweepcli` gives the SDK for training scripts at once, in a few milliseconds;
`sweep` and `agent` load the rest on first use.
"""

from __future__ import annotations

import sys

from sweepcli.errors import SweepError as Error
from sweepcli.errors import UsageError
from sweepcli.sdk.notices import termerror, termlog, termwarn
from sweepcli.sdk.package import Package
from sweepcli.sdk.run import Run
from sweepcli.sdk.session import define_metric, finish, init, log, login, mark_preempting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sweepcli.api import agent, sweep  # noqa: TC004 -- the module's class loads them on first use
    from sweepcli.sdk.config import Config
    from sweepcli.sdk.summary import Summary

    config: Config
    run: Run | None
    summary: Summary

__all__ = [
    "Error",
    "Run",
    "UsageError",
    "__version__",
    "agent",
    "config",
    "define_metric",
    "finish",
    "init",
    "log",
    "login",
    "mark_preempting",
    "run",
    "summary",
    "sweep",
    "termerror",
    "termlog",
    "termwarn",
]
__version__ = "0.1.0"

sys.modules[__name__].__class__ = Package
