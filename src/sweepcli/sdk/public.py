"""What `import sweepcli` offers to a training script."""

from __future__ import annotations

from sweepcli.errors import SweepError as CommError
from sweepcli.errors import SweepError as Error
from sweepcli.errors import UsageError
from sweepcli.sdk.config import Config
from sweepcli.sdk.current import CONFIG as config  # noqa: N811 -- W&B's name
from sweepcli.sdk.current import SUMMARY as summary  # noqa: N811 -- W&B's name
from sweepcli.sdk.notices import termerror, termlog, termwarn
from sweepcli.sdk.run import Run
from sweepcli.sdk.session import (
    SESSION,
    define_metric,
    finish,
    init,
    join,
    log,
    login,
    mark_preempting,
)
from sweepcli.sdk.stop import RunStopped

__all__ = [
    "SESSION",
    "CommError",
    "Config",
    "Error",
    "Run",
    "RunStopped",
    "UsageError",
    "config",
    "define_metric",
    "finish",
    "init",
    "join",
    "log",
    "login",
    "mark_preempting",
    "summary",
    "termerror",
    "termlog",
    "termwarn",
]
