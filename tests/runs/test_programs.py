from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

from sweepcli.runs import programs


def test_the_interpreter_is_python_then_python3_then_our_own(tmp_path: Path) -> None:
    path = str(tmp_path)
    assert programs.interpreter(path) == sys.executable
    for name in ("python3", "python"):
        (tmp_path / name).touch(0o755)
        assert programs.interpreter(path) == name


def test_a_program_is_found_if_it_is_an_executable_file(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "text").touch(0o644)
    (tmp_path / "tool").touch(0o755)
    path = os.pathsep.join(["/nowhere", str(tmp_path)])

    found = [programs.find_program(name, path) for name in ("folder", "text", "tool")]

    assert found == [None, None, str(tmp_path / "tool")]


def test_a_free_port_is_free() -> None:
    port = programs.free_port()
    with socket.socket() as taken:
        taken.bind(("", port))
