"""The results directory of these tests is there, as it is for every look."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def results(tmp_path: Path, clean_place: None) -> Path:
    """A results directory beside the folder of the code."""
    del clean_place
    made = tmp_path / "results"
    made.mkdir()
    return made
