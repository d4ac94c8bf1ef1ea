"""What `import wandb` finds in a run: W&B's own package, offline; our stand-in; or neither."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import TYPE_CHECKING

from sweepcli import env

if TYPE_CHECKING:
    from collections.abc import Mapping

STAND_IN = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "stand_in")
# The default is 15 s, and what is not written is lost if the run is killed. wandb before 0.31
# ignores it.
FLUSH_S = "0.5"
WORDS = {
    "online": "wandb, if it is installed, sends the runs to its server, which does not know this "
    "sweep; metrics are still read from its log",
    "disabled": "wandb logs nothing, so no metrics reach the sweep",
}


class WandbUse(StrEnum):
    """The choices of `agent --wandb`."""

    AUTO = "auto"  # W&B's package where it is installed, else the stand-in
    REAL = "real"
    STAND_IN = "stand-in"
    OFF = "off"  # nothing is set up; the script decides


def variables(
    use: WandbUse, identity: Mapping[str, str], folder: str, environ: Mapping[str, str]
) -> dict[str, str]:
    """Return the variables for W&B's package, and those by which the stand-in is found.

    `identity` are W&B's variables that name the run. A person's own settings stay.
    """
    if use is WandbUse.OFF:
        return {}
    chosen = {
        "WANDB_MODE": "offline",
        "WANDB_DIR": folder,
        "WANDB_ERROR_REPORTING": "false",  # else it reports its own errors over the network
        "WANDB_X_TRANSACTION_LOG_FLUSH_INTERVAL": FLUSH_S,
    }
    own = {name: value for name, value in chosen.items() if name not in environ}
    return {**identity, **own, **search_path(use, environ)}


def search_path(use: WandbUse, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables by which Python finds the stand-in.

    It comes last on the path, so that W&B's package is preferred if it is installed, unless the
    stand-in is asked for.
    """
    if use in (WandbUse.REAL, WandbUse.OFF):
        return {}
    before = [part for part in environ.get("PYTHONPATH", "").split(os.pathsep) if part]
    others = [part for part in before if part != STAND_IN]
    is_first = use is WandbUse.STAND_IN
    path = [STAND_IN, *others] if is_first else [*others, STAND_IN]
    return {"PYTHONPATH": os.pathsep.join(path), env.WANDB: str(use)}


def note(use: WandbUse, environ: Mapping[str, str]) -> str | None:
    """Say what a person's own WANDB_MODE means for a sweep, if anything."""
    mode = environ.get("WANDB_MODE", "")
    if use is WandbUse.OFF or mode not in WORDS:
        return None
    if use is WandbUse.STAND_IN and mode == "online":  # there is nothing to send with
        return None
    return f"WANDB_MODE={mode} is set: {WORDS[mode]}"
