"""The links in a checkout: those of the code, and those to what is beside it in a working tree."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING

from sweepcli import folders
from sweepcli.code import rules, working_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sweepcli.code.snapshot import Snapshot

READ_ONLY = ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)


def mend(tree: str, found: Snapshot, root: str) -> None:
    """Let links that lead out of the root lead where they do in the working tree."""
    for link in below(tree):
        text, inside = os.readlink(link), os.path.relpath(os.path.dirname(link), tree)
        target = os.path.normpath(os.path.join(root, inside, text))
        if os.path.isabs(text):
            target = os.path.normpath(os.path.join(root, os.path.relpath(text, found.root)))
            is_inside = folders.is_below(target, root)
            target = os.path.relpath(target, os.path.join(root, inside)) if is_inside else text
        elif folders.is_below(target, root):
            target = text
        if target != text:
            os.unlink(link)
            os.symlink(target, link)


def add_others(tree: str, found: Snapshot, root: str, results: str) -> None:
    """Let links lead to what is in the working tree beside the code, and is new since last time.

    Source that was not there when the sweep was created gets none.
    """
    files = [os.path.relpath(path, tree) for path in _entries(tree)]
    count = 0
    for path in working_tree.others(root, files, results):
        is_new_source = rules.is_source(path) and path not in found.beside
        link = os.path.join(tree, path)
        if is_new_source or os.path.lexists(link):
            continue
        with writable(os.path.dirname(link)), suppress(FileExistsError):
            os.symlink(_in_tree(tree, root, path) or os.path.join(root, path), link)
        count += 1
        if count == working_tree.MOST:
            return


def _in_tree(tree: str, root: str, path: str) -> str | None:
    """Return what of the code a link of the working tree stands for; None if for no code."""
    place = os.path.join(root, path)
    if not os.path.islink(place):
        return None
    inside = os.path.relpath(os.path.realpath(place), os.path.realpath(root))
    target = os.path.normpath(os.path.join(tree, inside))
    is_code = inside.partition("/")[0] != os.pardir and os.path.exists(target)
    return target if is_code else None


class writable:  # noqa: N801 -- a context manager, called like a function
    """Lets files be made in a folder of a checkout for a moment."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def __enter__(self) -> None:
        os.chmod(self._folder, os.stat(self._folder).st_mode | stat.S_IWUSR)

    def __exit__(self, *_: object) -> None:
        protect(self._folder)


def protect(path: str) -> None:
    os.chmod(path, os.stat(path).st_mode & READ_ONLY)


def below(folder: str) -> Iterator[str]:
    """Yield the links below a folder, that lead anywhere."""
    for path in _entries(folder):
        if os.path.islink(path):
            yield path


def _entries(folder: str) -> Iterator[str]:
    """Yield what is below a folder and is no folder of its own."""
    for here, names, files in os.walk(folder):
        links = [name for name in names if os.path.islink(os.path.join(here, name))]
        yield from (os.path.join(here, name) for name in (*files, *links))
