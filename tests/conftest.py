"""What every test may rely on: an environment of a known kind, and a directory of its own."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

import postgres_server
from sweepcli.search import numeric  # noqa: F401 -- loads numpy with one thread, as an agent does

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

# All else that an editor, a CI or a user's shell has set is taken away before the first test.
KEPT = (
    *("PATH", "HOME", "LOGNAME", "USER", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"),
    *("RAY_PYTHON", "WANDB_PACKAGES", "WANDB_VERSIONS"),  # the last two for those who collect tests
)
KINDS_KEPT = (
    *("PYTEST_", "COV_", "COVERAGE_"),
    *("PIP_", "UV_", "SSL_CERT_"),  # how this machine gets packages, for the test that installs
)
SET = {"HOME": "/", "LANG": "C.UTF-8", "TZ": "UTC"}


def pytest_configure() -> None:
    for name in os.environ.keys() - KEPT:
        if not name.startswith(KINDS_KEPT):
            del os.environ[name]
    scripts = os.path.dirname(sys.executable)  # as if the virtual environment were active
    os.environ["PATH"] = f"{scripts}{os.pathsep}{os.environ['PATH']}"
    os.environ.update({**SET, "HOME": os.environ.get("HOME", SET["HOME"])})
    time.tzset()
    os.umask(0o022)
    # Children start with the usual signals, also of a shell's background job or below nohup.
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)


@pytest.fixture(autouse=True)
def clean_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("WANDB_"):
            monkeypatch.delenv(name)
    # Looks at the code, for each sweep and agent, would take half of the time of all tests.
    monkeypatch.setenv("WANDB_DISABLE_CODE", "true")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def recorded_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let agents and sweeps record the code of runs, as they do for people."""
    monkeypatch.delenv("WANDB_DISABLE_CODE")


@pytest.fixture(scope="session")
def postgres() -> Iterator[postgres_server.Server]:
    """A server for all tests, each of which makes databases of its own in it."""
    with postgres_server.running() as server:
        yield server
