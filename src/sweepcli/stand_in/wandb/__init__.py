"""Replaces W&B's package in runs of sweepcli if that is not installed.

Its names are those of `import sweepcli`: `wandb.log` is `log` of `sweepcli/sdk/public.py`. The
folder is last on the run's search path: W&B's own package wins, unless the agent has the option
`--wandb stand-in`.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from importlib.machinery import ModuleSpec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType
    from typing import Any

CLIENT = "the stand-in for wandb"
_HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

_CALLBACKS = "WandbCallback WandbMetricsLogger WandbModelCheckpoint"
_CHARTS = "bar confusion_matrix histogram line line_series plot_table pr_curve roc_curve scatter"
_TYPES = "Audio Classes Histogram Html Image JoinedTable Molecule Object3D Plotly Table Video"
# W&B's modules beside `wandb.env`: where the names of each are defined, and which it has.
MODULES = {
    "wandb.apis": ("sweepcli", "Api"),
    "wandb.apis.public": ("sweepcli.api.reading", "Api Run Sweep"),
    "wandb.data_types": ("sweepcli", _TYPES),
    "wandb.errors": ("sweepcli", "CommError Error UsageError"),
    "wandb.integration": ("sweepcli", ""),
    "wandb.integration.keras": ("sweepcli.sdk.integrations.keras", _CALLBACKS),
    "wandb.keras": ("sweepcli.sdk.integrations.keras", _CALLBACKS),
    "wandb.plot": ("sweepcli.sdk.media.plot", _CHARTS),
    "wandb.sdk": ("sweepcli", "Artifact Config Run Settings"),
    "wandb.sdk.lib": ("sweepcli.sdk.no_effect", "RunDisabled"),
    "wandb.sdk.lib.config_util": ("sweepcli.sdk.config", "ConfigError"),
    "wandb.sdk.wandb_config": ("sweepcli", "Config"),
    "wandb.sdk.wandb_run": ("sweepcli", "Run"),
    "wandb.sklearn": ("sweepcli.sdk.integrations.sklearn", "*"),  # any name
    "wandb.tensorboard": ("sweepcli.sdk.integrations.tensorboard", "patch unpatch"),
    "wandb.util": ("sweepcli.ids", "generate_id"),
    "wandb.wandb_run": ("sweepcli", "Run"),
}


class _Modules:
    """Makes a module of the table when it is imported, and loads a name in it on first use."""

    @staticmethod
    def find_spec(
        name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        del path, target
        if name not in MODULES:
            return None
        return ModuleSpec(name, _Modules, is_package=True)  # type: ignore[arg-type]  # has a loader's methods

    @staticmethod
    def create_module(spec: ModuleSpec) -> None:
        """Leave it to Python to make an empty module."""

    @staticmethod
    def exec_module(module: ModuleType) -> None:
        home, names = MODULES[module.__name__]

        def find(name: str) -> Any:  # noqa: ANN401 -- each part has its own type
            if name.startswith("__") or (names != "*" and name not in names.split()):
                raise AttributeError(f"module '{module.__name__}' has no attribute '{name}'")
            return getattr(import_module(home), name)

        vars(module).update(__getattr__=find, **{} if names == "*" else {"__all__": names.split()})


def _is_real_one_here() -> bool:
    """Look for W&B's package; if it is found, remove this folder from the search path."""
    if os.environ.get("SWEEPCLI_WANDB") == "stand-in":
        return False
    from importlib.util import find_spec  # noqa: PLC0415 -- only for this search

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
    import_module(__name__)  # importers get what is then in sys.modules
else:
    try:
        import sweepcli
    except ImportError:  # not installed for this Python: use the agent's
        sys.path.append(os.path.dirname(os.path.dirname(_HERE)))
        try:
            import sweepcli
        finally:
            sys.path.pop()

    from sweepcli.sdk import session

    session.SESSION.client = CLIENT
    sys.meta_path.append(_Modules)
    __all__ = sweepcli.__all__
    __version__ = "0.31.0+sweepcli"  # the version whose names these are

    def __getattr__(name: str) -> Any:  # noqa: ANN401 -- each part has its own type
        """Return what W&B's package has under this name."""
        module = f"wandb.{name}"
        is_module = module in MODULES or name == "env"
        return import_module(module) if is_module else getattr(sweepcli, name)
