"""The code and environment of one run, as people read it and as JSON."""

from __future__ import annotations

from pathlib import Path

import pytest

from kept_code import COMMIT, PACKAGES, PATCH, A, B, keep_environment, keep_version
from sweepcli.records import NOT_SEEN, CodeSeen
from sweepcli.views import code_of_run


@pytest.fixture
def seen(tmp_path: Path) -> CodeSeen:
    """Keep a version and an environment of a run during whose start the code changed."""
    left_out = dict.fromkeys(("a.bin", "b.bin", "c.bin", "d.bin"), "larger than 1 MB")
    problem = "only 20,000 files were looked at"
    keep_version(str(tmp_path), A, patch=PATCH, left_out=left_out, problem=problem)
    return CodeSeen(A, B, keep_environment(str(tmp_path)))


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
    assert ran_in["packages"] == PACKAGES
    assert ran_in["host"] == "node-3"


def test_of_another_machines_run_only_the_ids_are_known(tmp_path: Path) -> None:
    found = code_of_run.of(str(tmp_path), CodeSeen(A, None, B))
    assert [*found.pairs()] == [("code", A)]
    assert found.record() == {"code_details": None, "environment_details": None}


def test_of_a_run_without_known_code_nothing_is_said(tmp_path: Path) -> None:
    assert [*code_of_run.of(str(tmp_path), NOT_SEEN).pairs()] == []


@pytest.mark.slow
def test_a_damaged_record_counts_as_missing(tmp_path: Path, seen: CodeSeen) -> None:
    for file in (tmp_path / ".code").rglob("*.json"):
        file.write_text("{}")
    assert [*code_of_run.of(str(tmp_path), seen._replace(code_after=None)).pairs()] == [("code", A)]
    hostile = CodeSeen("../../../etc/passwd", None, "../x")
    assert code_of_run.of(str(tmp_path), hostile).version is None
