"""Prints the packages of the Python that runs it, as JSON: a program of its own, for any Python 3.

It imports nothing of ours, since another Python runs it. It reads the names of folders, and
imports none of the packages.
"""

from __future__ import annotations

import json
import os
import platform
import sys

ENDINGS = (".dist-info", ".egg-info", ".egg-link")


def main() -> None:
    """Print what is here."""
    packages: dict[str, str] = {}
    editable: dict[str, str] = {}
    places = []
    for place in folders():
        names = [name for name in sorted(os.listdir(place)) if name.endswith(ENDINGS)]
        if names or place.endswith("-packages"):
            places.append(place)
        for name in names:
            stem, ending = os.path.splitext(name)
            package, _, version = stem.partition("-")
            package = package.lower().replace("_", "-").replace(".", "-")
            path = os.path.join(place, name)
            if package in packages:  # the first one on the search path counts
                continue
            packages[package] = version.split("-py")[0] or version_in(path)
            folder = folder_of(path, ending)
            if folder:
                editable[package] = folder
    said = {
        "interpreter": sys.executable,
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "packages": packages,
        "editable": editable,
        "folders": places,
    }
    print(json.dumps(said))  # noqa: T201 -- the answer


def folders() -> list[str]:
    """Return where packages may be: on the search path, which `-I` has made shorter."""
    import site  # noqa: PLC0415 -- beside what it is for

    found = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    found += [path for path in sys.path if not path.endswith(".zip")]
    is_whole = sys.prefix == sys.base_prefix  # a virtual environment has none of the user's
    if is_whole and not os.environ.get("PYTHONNOUSERSITE"):
        found.append(site.getusersitepackages())
    return [path for path in dict.fromkeys(found) if path and os.path.isdir(path)]


def folder_of(path: str, ending: str) -> str | None:
    """Return the folder of the user's that a package is, None if it was copied."""
    if ending == ".egg-link":
        return text(path).partition("\n")[0] or None
    try:
        said = json.loads(text(os.path.join(path, "direct_url.json")) or "{}")
    except ValueError:
        return None
    is_editable = said.get("dir_info", {}).get("editable")
    return said["url"].partition("file://")[2] or None if is_editable else None


def version_in(path: str) -> str:
    """Return the version in the text beside a package."""
    lines = text(os.path.join(path, "PKG-INFO")).splitlines()
    return next((line[9:] for line in lines if line.startswith("Version: ")), "")


def text(path: str) -> str:
    """Return what is in a file, nothing if it cannot be read."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


if __name__ == "__main__":
    main()
