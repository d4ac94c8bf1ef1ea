"""Every command of the README is run, and says what is printed there.

As a program (`make transcripts`) it writes down anew what they print.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from cells import CELLS

from launching import environment
from needed import lacking
from sweepcli.__main__ import group

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
FENCED = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
BLOCKS = FENCED.findall(README)
OTHER_PROGRAMS = [
    line
    for kind, text in BLOCKS
    if kind == "bash"
    for line in text.splitlines()
    if not line.startswith("#")
]
SESSIONS = [text for kind, text in BLOCKS if kind == "console"]
TYPED = [
    line.partition("#")[0].strip()
    for kind, text in BLOCKS
    if kind == "sh"
    for line in text.splitlines()
]
INSTALLS = [line for line in TYPED if not line.startswith("make ")]
WITHIN = re.findall(r"`((?:sweep|agent|sweepcli|make) [^`]+)`", FENCED.sub("", README))
TARGETS = sorted(line for line in {*TYPED, *WITHIN} if line.startswith("make "))
HOME = "/home/ada/sweepcli"
LEFT_OUT = "…"  # alone on a line: lines that are not shown
# What the lines about other programs start, by name.
PROGRAMS = {
    "svm-train": 'test "$1$3$5" = -c-gdata && echo "Cross Validation Accuracy = 8$4%"',
    "forest": 'test "$1$3" = -f-o && printf "trees\\n1\\n$2\\n" >"$4"',
    "test.sh": 'echo "│ test_loss │ 0.$SEED │"',
    "hydra.py": "def main(**_): return lambda main: main",
    "main.py": """\
import hydra, sys
@hydra.main(version_base=None, config_path="conf", config_name="config")
def main():
    print("acc (%):", sys.argv[1].removeprefix("optim.lr="))
main()
""",
}
BEST = ("acc=81", "trees=1.5 (mean)", "acc=0.1", "test_loss=0.1 (last)")  # of each of these lines
# What differs from one time to the next: ids and numbers, and how wide these are.
VOLATILE = [
    (re.compile(r"(?<!\.)\b(?:(?=\w*\d)[a-z0-9]{8}|[a-z]{8})\b"), "*"),
    (re.compile(r"\d+(\.\d+)?(e-?\d+)?"), "*"),
    (re.compile(r" +"), " "),
]


def steps(session: str) -> list[tuple[str, str]]:
    """Return the commands of a session, each with what the README says that it prints."""
    found = re.split(r"^\$ (.*)\n", session, flags=re.MULTILINE)[1:]
    return list(zip(found[::2], found[1::2], strict=True))


def masked(text: str) -> str:
    """Return a text without what differs each time."""
    for pattern, mark in VOLATILE:
        text = pattern.sub(mark, text)
    return text


def cut(printed: str, shown: str) -> str:
    """Return what is printed without the lines that the README leaves out."""
    before, left_out, after = shown.partition(f"{LEFT_OUT}\n")
    if not left_out:
        return printed
    lines = printed.splitlines(keepends=True)
    ends = before.count("\n"), len(lines) - after.count("\n")
    return "".join([*lines[: ends[0]], left_out, *lines[ends[1] :]])


def played(session: str, folder: Path) -> Iterator[tuple[str, str]]:
    """Run a session in one shell; yield its commands and what each of them prints."""
    script = "".join(f"echo '---'\n{command}\n" for command, _ in steps(session))
    environ = environment(SWEEPCLI_ENTITY="ada", PYTHONUTF8="1", HOME=str(folder), COLUMNS="80")
    said = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    ).stdout
    printed = said.replace(str(folder), HOME).split("---\n")[1:]
    return zip((command for command, _ in steps(session)), printed, strict=True)


def fill(folder: Path) -> None:
    """Write the files that the sessions show."""
    for command, text in [step for session in SESSIONS for step in steps(session)]:
        if command.startswith("cat "):
            (folder / command.removeprefix("cat ")).write_text(text, "utf-8")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Return a folder with the files that the sessions show."""
    (folder := tmp_path / "sweepcli").mkdir()
    fill(folder)
    return folder


@pytest.mark.parametrize("session", SESSIONS, ids=["own script", "W&B's way"])
def test_each_command_prints_what_the_readme_says(session: str, own: Path) -> None:
    shown = dict(steps(session))
    for command, printed in played(session, own):
        assert masked(cut(printed, shown[command])) == masked(shown[command]), command


@pytest.mark.slow
def test_the_lines_about_other_programs_find_the_best_run(tmp_path: Path) -> None:
    for name, text in PROGRAMS.items():
        (tmp_path / name).write_text(text if name.endswith(".py") else f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    for line, value in zip(OTHER_PROGRAMS, BEST, strict=True):
        ran = subprocess.run(
            ["sh", "-c", line],
            cwd=tmp_path,
            env=environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.stdout.splitlines()[1].removeprefix("value").strip().startswith(value), ran
        assert "WARNING" not in ran.stderr


def test_there_is_nothing_else_to_type() -> None:
    assert {kind for kind, _ in BLOCKS} == {"bash", "console", "sh"}
    assert INSTALLS == ["pip install .", "pipx install .", "uv tool install ."]


@pytest.mark.parametrize("line", sorted({*WITHIN} - {*TARGETS}))
def test_commands_within_sentences_exist_with_their_options(line: str) -> None:
    words = shlex.split(line)
    words = words[1:] if words[0] in ("sweepcli", "sweep") else words
    found: click.Command | None = group
    while isinstance(found, click.Group) and words:
        found = found.get_command(click.Context(found), words.pop(0))
    assert found is not None, line
    found.make_context(line, words, resilient_parsing=True)


@pytest.mark.parametrize("line", TARGETS)
def test_targets_exist(line: str) -> None:
    assert subprocess.run([*line.split(), "--dry-run"], cwd=ROOT, check=False).returncode == 0


def test_the_table_has_the_words_that_are_tested() -> None:
    lines = [line for line in README.splitlines() if line.startswith("|")]
    head, _, *rows = [[cell.strip() for cell in line[1:-1].split(" | ")] for line in lines]
    words = {
        (row[0], tool): cell for row in rows for tool, cell in zip(head[1:], row[1:], strict=True)
    }
    assert words == {place: cell.words for place, cell in CELLS.items()}


@pytest.mark.slow
@pytest.mark.parametrize("line", INSTALLS)
def test_it_can_be_installed(line: str, tmp_path: Path) -> None:
    if shutil.which(line.split(maxsplit=1)[0]) is None and not line.startswith("pip "):
        pytest.skip(f"{line.split(maxsplit=1)[0]} is not on the PATH")
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    programs = tmp_path / ("venv/bin" if line.startswith("pip ") else "bin")
    places = {
        "PATH": f"{tmp_path}/venv/bin{os.pathsep}{os.environ['PATH']}",
        "PIPX_HOME": str(tmp_path / "pipx"),
        "PIPX_BIN_DIR": str(programs),
        "UV_TOOL_DIR": str(tmp_path / "uv"),
        "UV_TOOL_BIN_DIR": str(programs),
    }
    done = subprocess.run(
        line.split(), cwd=ROOT, env={**os.environ, **places}, capture_output=True, check=False
    )
    if done.returncode:
        lacking(f"{line}: {done.stderr.decode()}")
    for name in ("sweep", "agent", "sweepcli"):
        subprocess.run([programs / name, "--help"], check=True, stdout=subprocess.DEVNULL)


def main() -> None:
    """Write down what the commands of the README print now."""
    text = README
    for session in SESSIONS:
        with tempfile.TemporaryDirectory() as parent:
            (folder := Path(parent) / "sweepcli").mkdir()
            fill(folder)
            shown = dict(steps(session))
            printed = "".join(
                f"$ {command}\n{cut(said, shown[command])}"
                for command, said in played(session, folder)
            )
        if masked(printed) != masked(session):
            text = text.replace(session, printed)
    (ROOT / "README.md").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
