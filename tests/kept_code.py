"""Versions of code and environments in a results directory, as a look leaves them there."""

from __future__ import annotations

from sweepcli.code import environment, kept
from sweepcli.code.tree import Repository
from sweepcli.records import JSON

A, B = "a" * 12, "b" * 12
COMMIT = "6b582013c2aa" + "0" * 28
REMOTE = "git@host:me/repo"
PACKAGES = {"numpy": "2.0.0", "torch": "2.4.1"}
PATCH = "--- a/train.py\n+++ b/train.py\n@@ -1 +1 @@\n-lr = 0.1\n+lr = <b>0.2</b>\n"
FACTS: dict[str, JSON] = {
    "python": "3.11.7",
    "implementation": "CPython",
    "interpreter": "/usr/bin/python",
    "editable": {},
    "gpus": ["NVIDIA A100", "NVIDIA A100", "NVIDIA T4"],
    "driver": "535.1",
    "host": "node-3",
    "platform": "Linux-6.1-x86_64-with-glibc2.36",
    "seeds": {"SEED": "1", "PYTHONHASHSEED": "0"},
}


def keep_version(
    results: str, code: str, *, patch: str | None = None, is_dirty: bool = False, **more: JSON
) -> None:
    """Keep a version of the code, with what was changed since its commit."""
    root = Repository(".", COMMIT, "main", REMOTE, is_dirty=is_dirty or patch is not None)
    known = {
        "id": code,
        "seen_at": 1.0,
        "root": "/repo",
        "cwd": "exp",
        "program": "exp/train.py",
        "repositories": [root._asdict()],
        "left_out": {},
        "kept": {},
        "has_patch": patch is not None,
        "problem": None,
    }
    kept.put_json(kept.path(results, "versions", f"{code}.json"), {**known, **more})
    if patch is not None:
        kept.put(kept.path(results, "versions", f"{code}.patch"), patch.encode())


def keep_environment(results: str) -> str:
    """Keep an environment, and return its id."""
    found = environment.made(PACKAGES, FACTS)
    environment.write(results, found, PACKAGES)
    return found.id
