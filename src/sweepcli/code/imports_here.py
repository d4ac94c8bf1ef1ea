"""What only a run's own Python knows: run by it as `python -c`, so it imports nothing of ours.

It reads one JSON object from its arguments and prints another. Any Python from 3.7 on will do.
"""

from __future__ import annotations

import json
import os
import sys

INSTALLED = ("site-packages", "dist-packages")
USUAL_HOOKS = ("_frozen_importlib", "_distutils_hack", "_virtualenv", "six", "zipimport")


def main() -> None:
    """Answer one request."""
    request = json.loads(sys.argv[1])
    if "compile" in request:
        answer = compiled(**request["compile"])
    else:
        answer = facts(request["root"], request["tree"], request["recorded"])
    print(json.dumps(answer))  # noqa: T201 -- the answer


def facts(root: str, tree: str, recorded: list[str]) -> dict[str, object]:
    """Say which folders of a repository this Python imports from.

    `tree` has what is below `root` now; `recorded` are folders from which another one imported.
    """
    ours: dict[str, list[str]] = {}  # folders from the root on, with what is found before them
    foreign: list[str] = []
    before: list[str] = list(getattr(sys, "stdlib_module_names", sys.builtin_module_names))
    for entry in sys.path:
        if not os.path.isdir(entry):
            continue
        inside = below(entry, root)
        if inside is not None:
            ours.setdefault(inside, list(before))
        elif is_editable(entry):
            foreign.append(entry)
        before += names_in(entry)
    for folder in mapped():
        inside = below(folder, root)
        if inside is not None:
            ours.setdefault(inside, list(before))
        else:
            foreign.append(folder)
    for inside in recorded:
        ours.setdefault(inside, list(before))
    return {
        "version": list(sys.version_info[:2]),
        "path": sorted(ours),
        "hidden": {
            inside: sorted(set(names_in(os.path.join(tree, inside))) & set(found_before))
            for inside, found_before in ours.items()
        },
        "foreign": sorted(set(foreign)),
        "hooks": hooks(),
    }


def below(entry: str, root: str) -> str | None:
    """Return where a folder is below the root; None if it is not, or holds what is installed."""
    inside = os.path.relpath(os.path.realpath(entry), os.path.realpath(root))
    parts = inside.split(os.sep)
    is_installed = any(name in parts for name in INSTALLED) or is_standard(entry)
    return None if parts[0] == os.pardir or is_installed else inside


def is_standard(entry: str) -> bool:
    """Return whether a folder is of this Python's standard library."""
    standard = os.path.dirname(os.path.realpath(os.__file__))
    return (os.path.realpath(entry) + os.sep).startswith(standard + os.sep)


def is_editable(entry: str) -> bool:
    """Return whether a folder on the path is neither installed nor the standard library."""
    return not is_standard(entry) and not any(name in entry for name in INSTALLED)


def mapped() -> list[str]:
    """Return the folders of packages that setuptools finds by a table."""
    finders = [
        module for name, module in list(sys.modules.items()) if name.startswith("__editable__")
    ]
    tables = [getattr(finder, "MAPPING", {}) for finder in finders]
    return sorted({os.path.dirname(path) for table in tables for path in table.values()})


def hooks() -> list[str]:
    """Name what finds modules before the path does: it does not see a changed path."""
    found = []
    for finder in sys.meta_path:
        kind = finder if isinstance(finder, type) else type(finder)
        if kind.__name__ == "PathFinder":
            break
        if kind.__module__.partition(".")[0] not in USUAL_HOOKS:
            found.append(kind.__module__)
    return found


def names_in(folder: str) -> list[str]:
    """Return the names of the modules and packages in a folder."""
    try:
        entries = os.listdir(folder)
    except OSError:
        return []
    found = []
    for entry in entries:
        stem, dot, ending = entry.partition(".")
        is_package = not dot and os.path.isfile(os.path.join(folder, entry, "__init__.py"))
        if is_package or ending == "py" or ending.endswith("so"):
            found.append(stem)
    return found


def compiled(folder: str, final: str, most: int) -> dict[str, object]:
    """Compile the Python files of a folder that is going to be `final`; say how many."""
    import py_compile  # noqa: PLC0415 -- once for each checkout

    count = 0
    for here, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(here, name)
            if not name.endswith(".py") or os.path.islink(path):
                continue
            if count == most:
                return {"count": count}
            count += 1
            shown = os.path.join(final, os.path.relpath(path, folder))
            try:
                py_compile.compile(path, dfile=shown, doraise=True)
            except (OSError, ValueError, py_compile.PyCompileError):  # as a run will say
                continue
    return {"count": count}


if __name__ == "__main__":
    main()
