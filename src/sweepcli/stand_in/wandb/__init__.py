"""Stands for W&B's package in runs of sweepcli where that is not installed.

This folder is on the run's search path. Whatever `import wandb` finds elsewhere wins, unless
the agent was told otherwise. What is here is `sweepcli`'s own SDK under W&B's names.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SUBMODULES = (
    *("apis", "data_types", "env", "errors", "integration", "keras", "plot", "sdk", "sklearn"),
    *("tensorboard", "util", "wandb_run"),
)
CLIENT = "the stand-in for wandb"
_HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def _is_real_one_here() -> bool:
    """Look for W&B's package; where it is found, this folder leaves the search path."""
    if os.environ.get("SWEEPCLI_WANDB") == "stand-in":
        return False
    from importlib.util import find_spec  # noqa: PLC0415 -- for this search alone

    path, ourselves = sys.path[:], sys.modules.pop(__name__)
    sys.path[:] = [entry for entry in path if os.path.abspath(entry) != _HERE]
    try:
        found = find_spec(__name__)
    except (ImportError, ValueError):
        found = None
    if found is not None and found.origin is not None:  # not W&B's folder of runs, `./wandb`
        return True
    sys.path[:], sys.modules[__name__] = path, ourselves
    return False


if _is_real_one_here():
    import importlib

    importlib.import_module(__name__)  # the import machinery hands out what stands in sys.modules
else:
    try:
        import sweepcli
    except ImportError:  # not installed for this Python: take it from where it runs the agent
        sys.path.append(os.path.dirname(os.path.dirname(_HERE)))
        try:
            import sweepcli
        finally:
            sys.path.pop()

    from sweepcli.sdk import session

    session.SESSION.client = CLIENT
    __all__ = sweepcli.__all__
    __version__ = "0.31.0+sweepcli"  # whose names these are

    def __getattr__(name: str) -> Any:  # noqa: ANN401 -- each part has its own type
        """Return what W&B's package has under this name."""
        from importlib import import_module  # noqa: PLC0415 -- for parts that are modules

        return import_module(f"wandb.{name}") if name in SUBMODULES else getattr(sweepcli, name)
