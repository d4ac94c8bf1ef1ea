"""What `import sweepcli` offers to a training script."""

from __future__ import annotations

from sweepcli.errors import SweepError as Error
from sweepcli.errors import UsageError
from sweepcli.sdk.current import CONFIG as config  # noqa: N811 -- W&B's name
from sweepcli.sdk.current import SUMMARY as summary  # noqa: N811 -- W&B's name
from sweepcli.sdk.notices import termerror, termlog, termwarn
from sweepcli.sdk.run import Run
from sweepcli.sdk.session import (
    SESSION,
    define_metric,
    finish,
    init,
    log,
    login,
    mark_preempting,
)

__all__ = [
    "SESSION",
    "Error",
    "Run",
    "UsageError",
    "config",
    "define_metric",
    "finish",
    "init",
    "log",
    "login",
    "mark_preempting",
    "summary",
    "termerror",
    "termlog",
    "termwarn",
]
