"""How this user can type a command: `sweep ls`, or `sweepcli ls` where `sweep` is another's.

Every message that names a command asks `line()`, so what it says works when it is copied; where
it needs the options that find a store, `Location.line()`.
"""

from __future__ import annotations

import os
import sys

NAMES = ("sweep", "agent")  # other tools have programs of these names; `sweepcli` is ours alone
MODULE = "-m sweepcli"
# What a program of ours says in its first lines, but no path in a folder that is called sweepcli.
MARKS = (b"sweepcli.", b"sweepcli ", b"import sweepcli")


def line(words: str, *given: str) -> str:
    """Return a command that begins with `sweep`, `agent` or `sweepcli` as the user can type it.

    What it is given, such as a path, has quotes where a shell needs them.
    """
    words = " ".join([words, *map(_quoted, given)])
    name, _, rest = words.partition(" ")
    if name in NAMES and not _is_called_by_the_group() and is_ours(_on_path(name)):
        return words
    return f"{_group()} {words if name == 'agent' else rest}".rstrip()


def next_line(words: str, options: str) -> str:
    """Return the last line of an answer for people: the command that they want next."""
    return f"Next: {line(words)}{options}"


def is_ours(program: str | None) -> bool:
    """Return whether a file starts sweepcli, this installation's or another's."""
    if program is None:
        return False
    try:
        with open(program, "rb") as file:
            start = file.read(4096)
    except OSError:
        return False
    return any(mark in start for mark in MARKS)


def _is_called_by_the_group() -> bool:
    """Return whether the process was started as `sweepcli` or `python -m sweepcli`."""
    return os.path.basename(sys.argv[0]) == "sweepcli" or _is_module()


def _is_module() -> bool:
    return sys.argv[0].endswith(os.path.join("sweepcli", "__main__.py"))


def _group() -> str:
    """Return what starts `sweepcli`: the shortest that works."""
    if not _is_module():
        if _on_path("sweepcli"):
            return "sweepcli"
        beside = os.path.join(os.path.dirname(sys.argv[0]), "sweepcli")
        if _is_program(beside):
            return _quoted(beside)
    return f"{_python()} {MODULE}"


def _python() -> str:
    """Return what starts this very Python."""
    own = os.path.dirname(sys.executable)
    for name in ("python", "python3"):
        found = _on_path(name)
        # The interpreter of a virtual environment is a link to one that does not know of it.
        if found and os.path.abspath(os.path.dirname(found)) == own:
            return name
    return _quoted(sys.executable or "python")


def _on_path(name: str) -> str | None:
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    places = (os.path.join(folder, name) for folder in folders)
    return next((place for place in places if _is_program(place)), None)


def _is_program(path: str) -> bool:
    return os.path.isfile(path) and os.access(path, os.X_OK)


def _quoted(text: str) -> str:
    import shlex  # noqa: PLC0415 -- not for --help, where a program of ours is on the PATH

    return shlex.quote(text)
