"""Hyperparameter sweeps like W&B's, on your own machine.

`import sweepcli` gives the SDK for training scripts. It is loaded when a script first names a
part of it: the commands, which live in this package too, never do.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sweepcli.api import sweep
    from sweepcli.sdk.public import (
        Error,
        Run,
        UsageError,
        config,
        define_metric,
        finish,
        init,
        log,
        login,
        mark_preempting,
        summary,
        termerror,
        termlog,
        termwarn,
    )

    run: Run | None

__all__ = [
    "Error",
    "Run",
    "UsageError",
    "__version__",
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


def __getattr__(name: str) -> Any:  # noqa: ANN401 -- each part has its own type, above
    """Return a part of the SDK; `run` is the current run, None outside of one."""
    if name not in __all__:
        raise AttributeError(f"module 'sweepcli' has no attribute {name!r}")
    home = import_module("sweepcli.api" if name == "sweep" else "sweepcli.sdk.public")
    if name == "run":
        return home.SESSION.run
    found = globals()[name] = getattr(home, name)
    return found
