"""Commands and the page on runs that have put something else in the place of their files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from command_lines import Bash, Call
from irregular import KINDS, put
from sweepcli import stores
from sweepcli.views.dashboard import answers

FILES = ("output.log", "command.json", "events.jsonl", "params.json")


@pytest.fixture
def attempt(folder: Path, done: str, ids: list[str]) -> Path:
    """Return the folder of the run that finished first."""
    return folder / "sweep-results" / done / "runs" / ids[0] / "1"


@pytest.mark.parametrize("kind", KINDS)
def test_no_command_waits_for_what_is_no_file(
    kind: str, bash: Bash, ids: list[str], attempt: Path
) -> None:
    for name in FILES:
        (attempt / name).unlink()
        put(kind, attempt / name)
    words = [f"logs {ids[0]}", f"logs {ids[0]} --json", f"logs -f {ids[0]}", f"show {ids[0]}"]

    answer = bash("\n".join(f"timeout 60 sweep {each}; echo code $?" for each in words))

    codes = [line for line in answer.out.splitlines() if line.startswith("code")]
    assert codes == ["code 1", "code 1", "code 0", "code 0"], answer.err
    assert answer.err.count(f"{attempt}/output.log is {kind}") == 3
    assert "Traceback" not in answer.err


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_says_that_there_is_no_output(kind: str, folder: Path, attempt: Path) -> None:
    (attempt / "output.log").unlink()
    put(kind, attempt / "output.log")
    results = str(folder / "sweep-results")
    store = stores.open_existing(results)

    found = answers.output(store, store.run(attempt.parent.name), results, 1, None)

    store.close()
    told = str(found["missing"])
    # Nor does it say what is outside of the results directory, where the link leads.
    assert told.startswith("The output is not ")
    assert f"output.log is {kind}." in told


def test_output_with_a_hole_of_a_terabyte_is_shown(
    call: Call, ids: list[str], attempt: Path
) -> None:
    os.truncate(attempt / "output.log", 1 << 40)
    with (attempt / "output.log").open("a") as file:
        file.write("at the end\n")

    for line in (f"sweep logs {ids[0]}", f"sweep logs -f {ids[0]}"):
        out = call(line).out
        assert out.startswith("tried 3\n")
        assert out.endswith("\0at the end\n")
        assert len(out) < 1_000_000
    answer = call(f"sweep logs {ids[0]} --json")
    assert "is larger than 1024 MiB: read it without --json" in answer.err
