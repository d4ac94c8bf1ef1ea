"""git as tests call it, whatever the user's own settings are."""

from __future__ import annotations

import subprocess
from pathlib import Path

SETTINGS = {
    "user.name": "me",
    "user.email": "me@localhost",
    "commit.gpgsign": "false",
    "protocol.file.allow": "always",
}


def git(*words: str, cwd: Path | None = None) -> str:
    """Call git, and return what it prints."""
    known = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
    done = subprocess.run(
        ["git", *known, *words], cwd=cwd, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def commit(cwd: Path | None = None) -> str:
    """Commit all that is there, and return the commit."""
    git("add", "-A", cwd=cwd)
    git("commit", "-q", "-m", "A change", cwd=cwd)
    return git("rev-parse", "HEAD", cwd=cwd)
