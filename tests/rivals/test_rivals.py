"""Every cell of the README's table beside other tools, shown by the tools themselves.

`make rivals` installs them; Optuna is in the environment of the tests, and `xargs` on the machine.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from cells import CELLS


@pytest.mark.parametrize(("row", "tool"), CELLS)
def test_a_cell_is_true(row: str, tool: str, tmp_path: Path) -> None:
    CELLS[row, tool].check(tmp_path)
