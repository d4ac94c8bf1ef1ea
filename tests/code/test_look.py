"""A look at the code: which version it is, what is kept of it, and that it leaves no mark."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from sweepcli.code import version
from sweepcli.code.place import Place


def git(folder: Path, *words: str) -> str:
    settings = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    done = subprocess.run(
        ["git", *settings, *words], cwd=folder, check=True, capture_output=True, text=True
    )
    return done.stdout


def test_a_look_is_a_process_that_keeps_what_it_saw_and_says_its_id(tmp_path: Path) -> None:
    code = tmp_path / "code"
    code.mkdir()
    (code / "train.py").write_text("print(1)\n")
    git(code, "init", "-q")
    git(code, "add", ".")
    git(code, "commit", "-qm", "first")
    (code / "train.py").write_text("print(2)\n")
    place = Place(results=str(tmp_path / "results"), cwd=str(code), program="train.py")

    done = subprocess.run(
        [sys.executable, "-m", "sweepcli.code.look"],
        input=json.dumps({"place": place.to_json(), "before": None}),
        capture_output=True,
        text=True,
        check=True,
    )

    answer = json.loads(done.stdout)
    assert answer["problem"] is None
    assert [stamp[0] for stamp in answer["watch"]] == [str(code / "train.py")]
    kept = version.read(place.results, answer["code"])
    assert kept.commit == git(code, "rev-parse", "HEAD").strip()
    assert b"+print(2)" in (version.patch(place.results, kept.id) or b"")
    assert json.loads(Path(place.last_look).read_text()) == answer
