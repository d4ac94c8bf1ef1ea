"""Looks at the code and the environment of a sweep's runs: `python -m sweepcli.code.look`.

It is a process of its own, since it may take long. It reads a request on its standard input,
`{"place": {…}, "before": ID or null}`, keeps what is new in the results directory, and prints an
answer, one line, which is also kept beside the versions.
"""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from sweepcli.code import environment, kept, place, rules, surroundings, tree, version
from sweepcli.code.uncommitted import Moved

if TYPE_CHECKING:
    from sweepcli.code.place import Place
    from sweepcli.code.surroundings import Surroundings
    from sweepcli.code.tree import Tree
    from sweepcli.records import JSON

MOST_WATCHED = 50  # files: an agent looks at them before each run
LESS_URGENT = 5  # where processors are few, agents and runs come first
ATTEMPTS = 3  # while the code changes


def main() -> None:
    """Answer the request on standard input."""
    os.nice(LESS_URGENT)
    request = json.load(sys.stdin)
    print(json.dumps(answer(place.from_json(request["place"]), request["before"])))  # noqa: T201


def answer(where: Place, before: str | None) -> dict[str, JSON]:
    """Look, keep what is new, and return what an agent needs; `before` is a version."""
    started = time.monotonic()
    problems: list[str] = []
    code, found = _code(where, problems)
    around = _environment(where, problems)
    watched = _most_likely(found, where)
    said: dict[str, JSON] = {
        "code": code,
        "environment": around and around.environment.id,
        "watch": [
            *(_stamp(found, path) for path in watched),
            *(stamp_of(folder) for folder in (around.folders if around else [])),
        ],
        "is_all": len(watched) == len(found.files),
        "changed": _changed(where.results, before, found) if code else [],
        "problem": "; ".join(problems) or None,
        "seconds": round(time.monotonic() - started, 4),
    }
    with suppress(OSError):  # it is a courtesy to the next agent
        kept.put_json(where.last_look, said)
    return said


def _most_likely(found: Tree, where: Place) -> list[str]:
    """Return the files that will most likely change next.

    Those that have changed last, and those near the program: of a clone all files are of one time.
    """
    last = sorted(found.files, key=lambda path: found.files[path].changed_at_ns, reverse=True)
    folder = os.path.relpath(where.folder, found.root)
    beside = "" if folder == os.curdir else f"{folder}/"

    def distance(path: str) -> tuple[bool, bool, int]:
        return not rules.is_source(path), not path.startswith(beside), path.count("/")

    near = sorted(found.files, key=distance)
    both = dict.fromkeys((*last[: MOST_WATCHED // 2], *near[: MOST_WATCHED // 2], *last))
    return list(both)[:MOST_WATCHED]


def _code(where: Place, problems: list[str]) -> tuple[str | None, Tree]:
    """Look at the code until it is kept as it was seen; return its version and the tree."""
    for attempt in range(1, ATTEMPTS + 1):
        found = tree.look(where)
        code = None
        try:
            if found.is_whole:
                code = version.write(where.results, found, where).id
        except Moved as error:
            if attempt < ATTEMPTS:
                continue
            problems.append(f"the code changes all the time: {error}")
        except OSError as error:
            problems.append(f"the code cannot be kept: {error}")
        break
    problems += [found.problem] if found.problem else []
    return code, found


def _environment(where: Place, problems: list[str]) -> Surroundings | None:
    try:
        around = surroundings.look(where)
        environment.write(where.results, around.environment, around.packages)
    except OSError as error:
        problems.append(f"the environment cannot be kept: {error}")
        return None
    problems += [around.problem] if around.problem else []
    return around


def _changed(results: str, before: str | None, found: Tree) -> list[list[JSON]]:
    """Return the files that differ from the version before, each with its ctime if it is there."""
    if before is None:
        return []
    try:
        old = version.files(results, before)
    except (OSError, ValueError):  # it is not here, so that nothing is known
        return []
    now = {path: (file.mode, file.id) for path, file in found.files.items()}
    return [
        [path, found.files[path].changed_at_ns if path in found.files else None]
        for path in version.differing(old, now)
    ]


def _stamp(found: Tree, path: str) -> list[JSON]:
    """Return what an agent compares of a file; nothing fits if it has changed since the look."""
    full = os.path.join(found.root, path)
    stamp = stamp_of(full)
    return stamp if stamp[2] == found.files[path].changed_at_ns else [full, 0, 0, 0, 0]


def stamp_of(path: str) -> list[JSON]:
    """Return what changes when a file does: mtime, ctime, size and inode, behind its path."""
    try:
        status = os.lstat(path)
    except OSError:
        return [path, 0, 0, 0, 0]
    times = status.st_mtime_ns, status.st_ctime_ns
    return [path, *times, status.st_size, status.st_ino]


if __name__ == "__main__":
    main()
