"""The page's modules that need no document, tested by node's own runner."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from needed import lacking

TESTS = sorted(Path(__file__).parent.glob("js/*.test.js"))


def test_the_modules_pass_their_own_tests() -> None:
    node = shutil.which("node")
    if node is None:
        lacking("node is not installed: the tests of the page's modules are left out")

    done = subprocess.run([node, "--test", *TESTS], capture_output=True, text=True, check=False)

    assert TESTS
    assert done.returncode == 0, done.stdout + done.stderr
