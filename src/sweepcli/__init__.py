"""Hyperparameter sweeps like W&B's, on your own machine.

`import sweepcli` gives the SDK for training scripts; `public_names` says where each name is
defined. It is loaded when a script first uses a name: the commands, in this package too, never do.
"""

from __future__ import annotations

from importlib import import_module

from sweepcli import public_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sweepcli.api.functions import agent as agent
    from sweepcli.api.reading import Api as Api
    from sweepcli.api.reading import read as read
    from sweepcli.errors import UsageError as UsageError
    from sweepcli.sdk.config import Config as Config
    from sweepcli.sdk.media.artifacts import Artifact as Artifact
    from sweepcli.sdk.media.data_types import Audio as Audio
    from sweepcli.sdk.media.data_types import Html as Html
    from sweepcli.sdk.media.data_types import Image as Image
    from sweepcli.sdk.media.data_types import Video as Video
    from sweepcli.sdk.media.histogram import Histogram as Histogram
    from sweepcli.sdk.media.table import Table as Table
    from sweepcli.sdk.no_effect import Settings as Settings
    from sweepcli.sdk.public import CommError as CommError
    from sweepcli.sdk.public import Error as Error
    from sweepcli.sdk.public import alert as alert
    from sweepcli.sdk.public import config as config
    from sweepcli.sdk.public import define_metric as define_metric
    from sweepcli.sdk.public import finish as finish
    from sweepcli.sdk.public import init as init
    from sweepcli.sdk.public import log as log
    from sweepcli.sdk.public import log_artifact as log_artifact
    from sweepcli.sdk.public import log_model as log_model
    from sweepcli.sdk.public import login as login
    from sweepcli.sdk.public import mark_preempting as mark_preempting
    from sweepcli.sdk.public import restore as restore
    from sweepcli.sdk.public import save as save
    from sweepcli.sdk.public import summary as summary
    from sweepcli.sdk.public import termerror as termerror
    from sweepcli.sdk.public import termlog as termlog
    from sweepcli.sdk.public import termwarn as termwarn
    from sweepcli.sdk.public import use_artifact as use_artifact
    from sweepcli.sdk.public import use_model as use_model
    from sweepcli.sdk.run import AlertLevel as AlertLevel
    from sweepcli.sdk.run import Run as Run
    from sweepcli.sdk.run import RunStopped as RunStopped
    from sweepcli.sweeps.create import sweep as sweep

    run: Run | None

__all__ = ["__version__", *public_names.PUBLIC]  # noqa: PLE0604 -- a table of names
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:  # noqa: ANN401 -- each part has its own type, above
    """Return a part of the SDK; `run` is the current run, or None."""
    if name in public_names.MODULES:
        found: Any = import_module(f"sweepcli.{public_names.MODULES[name]}")
    elif name in public_names.HOMES:
        home = import_module(f"sweepcli.{public_names.HOMES[name]}")
        if name == "run":
            return home.SESSION.run
        found = getattr(home, name)
    else:
        raise AttributeError(f"module 'sweepcli' has no attribute {name!r}")
    globals()[name] = found
    return found
