"""Studies of Optuna's, as its own tools open them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def study(path: str, name: str) -> Iterator[Any]:
    """Open a study in SQLite's file, and close the file again: Python 3.13 asks for that."""
    import optuna  # noqa: PLC0415 -- a package of an extra

    storage = optuna.storages.RDBStorage(f"sqlite:///{path}")
    try:
        yield optuna.load_study(study_name=name, storage=storage)
    finally:
        storage.remove_session()
        storage.engine.dispose()
