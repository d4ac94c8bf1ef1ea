"""What tests say where something that they need is not on this machine."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

IS_CI = bool(os.environ.get("CI"))  # tests have an environment without it


def lacking(why: str) -> NoReturn:
    """Leave a test out, and say why; fail it in CI, which must have everything."""
    raise (pytest.fail if IS_CI else pytest.skip).Exception(why)
