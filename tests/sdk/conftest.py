from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import training_folder
from training_folder import Folder


@pytest.fixture(autouse=True)
def _outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield from training_folder.outside(tmp_path, monkeypatch)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    return training_folder.prepared(tmp_path, monkeypatch)
