"""Runs commands as another user of this machine, as only root can."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

OTHER, ONE_MORE = 65_533, 65_532  # ids of users that no machine has
CAN = os.geteuid() == 0 and shutil.which("setpriv") is not None


def as_user(argv: Sequence[str], uid: int = OTHER, *, group: int | None = None) -> list[str]:
    """Return a command that runs as another user, who may write only what the modes allow.

    That user may read everything: this interpreter may be in a home that is closed to others.
    """
    may_read = "+dac_read_search"
    return [
        *("setpriv", "--reuid", str(uid), "--regid", str(group or uid), "--clear-groups"),
        *("--inh-caps", may_read, "--ambient-caps", may_read, *argv),
    ]
