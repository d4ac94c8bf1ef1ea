"""Hyperparameter sweeps like W&B's, on your own machine.

`import sweepcli` gives the SDK for training scripts. It is loaded when a script first names a
part of it: the commands, which live in this package too, never do.
"""

from __future__ import annotations

from importlib import import_module

from sweepcli import public_names as names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sweepcli.api.functions import agent as agent
    from sweepcli.api.reading import Api as Api
    from sweepcli.api.reading import read as read
    from sweepcli.sdk.accepted import AlertLevel as AlertLevel
    from sweepcli.sdk.accepted import Settings as Settings
    from sweepcli.sdk.artifacts import Artifact as Artifact
    from sweepcli.sdk.histogram import Histogram as Histogram
    from sweepcli.sdk.media import Audio as Audio
    from sweepcli.sdk.media import Html as Html
    from sweepcli.sdk.media import Image as Image
    from sweepcli.sdk.media import Video as Video
    from sweepcli.sdk.public import Config as Config
    from sweepcli.sdk.public import Error as Error
    from sweepcli.sdk.public import Run as Run
    from sweepcli.sdk.public import RunStopped as RunStopped
    from sweepcli.sdk.public import UsageError as UsageError
    from sweepcli.sdk.public import config as config
    from sweepcli.sdk.public import define_metric as define_metric
    from sweepcli.sdk.public import finish as finish
    from sweepcli.sdk.public import init as init
    from sweepcli.sdk.public import log as log
    from sweepcli.sdk.public import login as login
    from sweepcli.sdk.public import mark_preempting as mark_preempting
    from sweepcli.sdk.public import summary as summary
    from sweepcli.sdk.public import termerror as termerror
    from sweepcli.sdk.public import termlog as termlog
    from sweepcli.sdk.public import termwarn as termwarn
    from sweepcli.sdk.table import Table as Table
    from sweepcli.sweeps.create import sweep as sweep

    run: Run | None

__all__ = ["__version__", *names.PUBLIC]  # noqa: PLE0604 -- a table of names
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:  # noqa: ANN401 -- each part has its own type, above
    """Return a part of the SDK; `run` is the current run, None outside of one."""
    if name not in names.PUBLIC:
        raise AttributeError(f"module 'sweepcli' has no attribute {name!r}")
    if name in names.MODULES:
        found: Any = import_module(f"sweepcli.{names.MODULES[name]}")
    elif name in names.HOMES:
        home = import_module(f"sweepcli.{names.HOMES[name]}")
        if name == "run":
            return home.SESSION.run
        found = getattr(home, name)
    else:
        found = import_module("sweepcli.sdk.current").function(name)
    globals()[name] = found
    return found
