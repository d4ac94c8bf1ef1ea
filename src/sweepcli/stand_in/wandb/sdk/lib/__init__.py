"""W&B's library, as far as frameworks name parts of it."""

from __future__ import annotations

__all__ = ["RunDisabled"]


class RunDisabled:
    """W&B's former type of a disabled run, which frameworks compare with."""
