"""The code and environment of one run, as people read it and as JSON."""

from __future__ import annotations

from pathlib import Path

import pytest

from sweepcli.code import environment, kept
from sweepcli.code.tree import Repository
from sweepcli.records import NOT_SEEN, CodeSeen
from sweepcli.views import code_of_run

A, B = "a" * 12, "b" * 12
COMMIT = "6b582013c2aa" + "0" * 28
FACTS = {
    "python": "3.11.7",
    "implementation": "CPython",
    "interpreter": "/usr/bin/python",
    "editable": {},
    "gpus": ["NVIDIA A100", "NVIDIA A100", "NVIDIA T4"],
    "driver": "535.1",
    "host": "node-3",
    "platform": "Linux",
    "seeds": {"SEED": "1", "PYTHONHASHSEED": "0"},
}


@pytest.fixture
def seen(tmp_path: Path) -> CodeSeen:
    """Keep a version and an environment of a run during whose start the code changed."""
    root = Repository(".", COMMIT, "main", "git@host:me/repo", is_dirty=True)
    left_out = dict.fromkeys(("a.bin", "b.bin", "c.bin", "d.bin"), "larger than 1 MB")
    version = {
        "id": A,
        "seen_at": 1.0,
        "root": "/repo",
        "cwd": ".",
        "program": "train.py",
        "repositories": [root._asdict()],
        "left_out": left_out,
        "kept": {},
        "has_patch": True,
        "problem": "only 20,000 files were looked at",
    }
    kept.put_json(kept.path(str(tmp_path), "versions", f"{A}.json"), version)
    packages = {"numpy": "2.0.0", "torch": "2.4.1"}
    found = environment.made(packages, FACTS)
    environment.write(str(tmp_path), found, packages)
    return CodeSeen(A, B, found.id)


def test_people_see_what_a_run_had(tmp_path: Path, seen: CodeSeen) -> None:
    large = "a.bin (larger than 1 MB), b.bin (larger than 1 MB), c.bin (larger than 1 MB)"
    assert [*code_of_run.of(str(tmp_path), seen).pairs()] == [
        ("code", f"{A}, commit {COMMIT} on main, with changes"),
        ("", f"changed to {B} while the run started"),
        ("", "git@host:me/repo"),
        ("", "only 20,000 files were looked at"),
        ("", f"not kept: {large} and 1 more"),
        ("python", "CPython 3.11.7, 2 packages, /usr/bin/python"),
        ("machine", "node-3, 2 x NVIDIA A100, NVIDIA T4, driver 535.1"),
        ("seeds", "PYTHONHASHSEED=0 SEED=1"),
    ]


def test_programs_read_the_same(tmp_path: Path, seen: CodeSeen) -> None:
    record = code_of_run.of(str(tmp_path), seen).record()
    code, ran_in = record["code_details"], record["environment_details"]

    assert (code["commit"], code["branch"], code["dirty"]) == (COMMIT, "main", True)
    assert (code["has_patch"], len(code["left_out"])) == (True, 4)
    assert ran_in["packages"] == {"numpy": "2.0.0", "torch": "2.4.1"}
    assert ran_in["host"] == "node-3"


def test_of_another_machines_run_only_the_ids_are_known(tmp_path: Path) -> None:
    found = code_of_run.of(str(tmp_path), CodeSeen(A, None, B))
    assert [*found.pairs()] == [("code", A)]
    assert found.record() == {"code_details": None, "environment_details": None}


def test_of_a_run_without_known_code_nothing_is_said(tmp_path: Path) -> None:
    assert [*code_of_run.of(str(tmp_path), NOT_SEEN).pairs()] == []


def test_a_damaged_record_counts_as_missing(tmp_path: Path, seen: CodeSeen) -> None:
    for file in (tmp_path / ".code").rglob("*.json"):
        file.write_text("{}")
    assert [*code_of_run.of(str(tmp_path), seen._replace(code_after=None)).pairs()] == [("code", A)]
    hostile = CodeSeen("../../../etc/passwd", None, "../x")
    assert code_of_run.of(str(tmp_path), hostile).version is None
