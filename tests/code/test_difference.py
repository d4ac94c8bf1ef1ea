from __future__ import annotations

import subprocess
from pathlib import Path

from sweepcli.code import blobs, difference
from sweepcli.code.difference import Fact
from sweepcli.code.environment import made
from sweepcli.records import JSON

THEN: dict[str, tuple[str, bytes]] = {
    "same.py": ("100644", b"same\n"),
    "train.py": ("100644", b"import os\r\nlr = 1\x0b\x0c\nx = 2\n" + b"\n".join([b"line"] * 30)),
    "gone.py": ("100644", b"print('no end')"),
    "run.sh": ("100644", b"#!/bin/sh\n"),
    'a folder/na\tme "q" \\ é.py': ("100644", b"1\n"),
    "empty.py": ("100644", b""),
}
NOW: dict[str, tuple[str, bytes]] = {
    "same.py": ("100644", b"same\n"),
    "train.py": ("100644", b"import os\r\nlr = 3\x0b\x0c\nx = 2\n" + b"\n".join([b"line"] * 29)),
    "run.sh": ("100755", b"#!/bin/sh\n"),
    'a folder/na\tme "q" \\ é.py': ("100755", b"2"),
    "new.py": ("100755", b"\xff latin\n"),
    "empty.py": ("100644", b"full\n"),
}


def ids(files: dict[str, tuple[str, bytes]]) -> dict[str, tuple[str, str]]:
    return {path: (mode, blobs.id_of(text)) for path, (mode, text) in files.items()}


def patched(then: dict[str, tuple[str, bytes]], now: dict[str, tuple[str, bytes]]) -> str:
    texts = [{blobs.id_of(text): text for _, text in each.values()} for each in (then, now)]
    changed = difference.files(ids(then), ids(now))
    return "".join(difference.patch(changed, *texts))


def write(folder: Path, files: dict[str, tuple[str, bytes]]) -> None:
    for path, (mode, text) in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text)
        (folder / path).chmod(int(mode[3:], 8))


def test_git_makes_the_second_version_of_the_first_by_the_patch(tmp_path: Path) -> None:
    write(tmp_path, THEN)

    text = patched(THEN, NOW)
    subprocess.run(
        ["git", "apply", "-"],
        cwd=tmp_path,
        input=text.encode("utf-8", "surrogateescape"),
        check=True,
    )

    found = {
        str(path.relative_to(tmp_path)): (
            "100755" if path.stat().st_mode & 0o100 else "100644",
            path.read_bytes(),
        )
        for path in tmp_path.rglob("*")
        if path.is_file()
    }
    assert found == NOW


def test_files_that_differ_are_listed_by_their_paths() -> None:
    changed = difference.files(ids(THEN), ids(NOW))

    assert [(each.letter, each.path) for each in changed] == [
        ("M", 'a folder/na\tme "q" \\ é.py'),
        ("M", "empty.py"),
        ("D", "gone.py"),
        ("A", "new.py"),
        ("M", "run.sh"),
        ("M", "train.py"),
    ]


def test_what_cannot_be_had_and_what_is_no_text_is_said_in_a_comment(tmp_path: Path) -> None:
    then = {"a.py": ("100644", b"1\n"), "b.so": ("100644", b"\0\1")}
    now = {"a.py": ("100644", b"2\n"), "b.so": ("100644", b"\0\2")}
    changed = difference.files(ids(then), ids(now))

    lines = list(difference.patch(changed, {}, {}))
    assert lines == [
        "# a.py: its content cannot be had any more\n",
        "# b.so: its content cannot be had any more\n",
    ]
    assert "# b.so: differs, and is no text, or is large\n" in patched(then, now)
    write(tmp_path, then)
    apply = ["git", "apply", "-"]
    subprocess.run(apply, cwd=tmp_path, input=patched(then, now), check=True, text=True)
    assert (tmp_path / "a.py").read_text() == "2\n"


def test_packages_and_machines_differ_by_name() -> None:
    facts: dict[str, JSON] = {
        "python": "3.12.1",
        "implementation": "CPython",
        "interpreter": "/a/python",
        "editable": {},
        "gpus": [],
        "driver": None,
        "host": "a",
        "platform": "Linux",
        "seeds": {"PYTHONHASHSEED": "0"},
    }
    then = made({}, facts)
    now = made({}, {**facts, "gpus": ["H100", "H100"], "driver": "550", "seeds": {"SEED": "1"}})

    assert difference.facts(then, now) == [
        Fact("GPUs", None, "H100, H100"),
        Fact("driver", None, "550"),
        Fact("PYTHONHASHSEED", "0", None),
        Fact("SEED", None, "1"),
    ]
    assert difference.packages({"a": "1", "Torch": "2.1"}, {"b": "1", "Torch": "2.2"}) == [
        Fact("a", "1", None),
        Fact("b", None, "1"),
        Fact("Torch", "2.1", "2.2"),
    ]
