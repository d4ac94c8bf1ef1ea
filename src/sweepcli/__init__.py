"""Hyperparameter sweeps like W&B's, on your own machine.

`import sweepcli` gives the SDK for training scripts. It is loaded when a script first names a
part of it: the commands, which live in this package too, never do.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

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
    "termerror",
    "termlog",
    "termwarn",
]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:  # noqa: ANN401 -- each part has its own type, above
    """Return a part of the SDK; `run` is the current run, None outside of one."""
    if name not in __all__:
        raise AttributeError(f"module 'sweepcli' has no attribute {name!r}")
    from sweepcli.sdk import public  # noqa: PLC0415 -- as the docstring says

    if name == "run":
        return public.SESSION.run
    found = globals()[name] = getattr(public, name)
    return found
