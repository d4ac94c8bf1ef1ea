"""`save()` and `restore()`: files of the script's that are copied into the run's folder."""

from __future__ import annotations

import glob
import os
import shutil

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO, Any

    from sweepcli.sdk.run import Run

FOLDER = "files"


def save(
    run: Run, glob_str: Any = None, base_path: Any = None, policy: str = "live", **_: Any
) -> list[str]:
    """Copy the files that match now, and once more when the run finishes; return the copies."""
    if glob_str is None:
        return []
    pattern = os.fspath(glob_str)
    base = os.fspath(base_path) if base_path is not None else os.path.dirname(pattern)
    if policy != "now":
        run.at_finish(lambda: _copy(run, pattern, base))
    return _copy(run, pattern, base)


def restore(run: Run, name: str, *_: Any, **__: Any) -> IO[str] | None:
    """Open a file that `save()` has kept, if there is one."""
    path = os.path.join(run.dir or "", FOLDER, name)
    return open(path, encoding="utf-8") if os.path.exists(path) else None


def _copy(run: Run, pattern: str, base: str) -> list[str]:
    if run.dir is None or run.disabled:
        return []
    copies = []
    for path in sorted(glob.glob(pattern, recursive=True)):
        name = os.path.relpath(path, base or ".")
        copy = os.path.join(run.dir, FOLDER, name if ".." not in name else os.path.basename(path))
        if os.path.isfile(path) and os.path.abspath(path) != os.path.abspath(copy):
            os.makedirs(os.path.dirname(copy), exist_ok=True)
            shutil.copyfile(path, copy)
            copies.append(copy)
    return copies
