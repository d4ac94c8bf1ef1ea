"""The files in `.code` of a results directory: each is whole or not there, whoever writes it."""

from __future__ import annotations

import json
import os
import re
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from sweepcli import folders, ids, regular_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from sweepcli.records import JSON

LARGEST = 64 << 20  # bytes of one of our files


def path(results: str, *inside: str) -> str:
    """Return the path of a file of `.code`."""
    return os.path.join(results, folders.CODE, *inside)


def record_of(results: str, version_id: str) -> str:
    """Return the path of the record of a version, without which nothing else of it counts."""
    return path(results, "versions", f"{checked(version_id)}.json")


def checked(name: str) -> str:
    """Return an id that may be part of a path; raise ValueError for another text."""
    if not re.fullmatch(r"[0-9a-f]{12,64}", name):
        raise ValueError(f"{name!r:.80} is no id of code or of an environment")
    return name


def put(place: str, content: bytes) -> None:
    """Write a file whole, in the place of what is there; make its folder; raise OSError.

    A results directory that is not there, or was removed or moved meanwhile, is not made.
    """
    _make_folder(os.path.dirname(place))
    with replacing(place) as file:
        file.write(content)


@contextmanager
def replacing(place: str) -> Iterator[BinaryIO]:
    """Give a file beside a place, which it takes at the end, unless that is an error."""
    beside = f"{place}.{ids.new_id()}.new"
    try:
        with open(beside, "xb") as file:
            yield file
        os.replace(beside, place)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise


def _make_folder(place: str) -> None:
    try:
        os.mkdir(place)
    except FileExistsError:
        return
    except FileNotFoundError:
        if os.path.basename(place) == folders.CODE:
            raise
        _make_folder(os.path.dirname(place))
        _make_folder(place)


def put_json(place: str, data: JSON) -> None:
    """Write data; names of files that are not UTF-8 are escaped."""
    put(place, json.dumps(data, indent=1).encode() + b"\n")


def content(place: str) -> bytes:
    """Return what a file holds; raise OSError."""
    return regular_files.content(place, LARGEST)


def data(place: str) -> dict[str, JSON]:
    """Return the object that a file holds; raise OSError or ValueError."""
    found: JSON = json.loads(content(place))
    if not isinstance(found, dict):
        raise ValueError(f"{place} holds no object")  # noqa: TRY004 -- a damaged file, not a bug
    return found
