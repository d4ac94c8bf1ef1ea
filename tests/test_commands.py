from __future__ import annotations

import ast
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import sweepcli
from launching import SCRIPTS
from sweepcli import commands

OURS = f"#!{sys.executable}\nimport sys\nfrom sweepcli.cli.sweep import main\nsys.exit(main())\n"
FOREIGN = "#!/home/ada/sweepcli/.venv/bin/python\nfrom cursor.agent import main\nmain()\n"
SOURCE = Path(sweepcli.__file__).parent
WORDS = ("sweep ls", "sweep sweep.yaml", "agent me/demo/abcd1234", "sweepcli run train.py")

Install = Callable[..., list[str]]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Have these programs alone on the PATH; return how each of WORDS is said by a program."""

    def install(called: str, **programs: str) -> list[str]:
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        for name, text in programs.items():
            (folder / name).write_text(text)
            (folder / name).chmod(0o755)
        monkeypatch.setenv("PATH", str(folder))
        monkeypatch.setattr(sys, "argv", [called])
        return [commands.line(words) for words in WORDS]

    return install


def test_ours_on_the_path_are_called_by_their_own_names(install: Install) -> None:
    found = install("/bin/sweep", sweep=OURS, agent=OURS, sweepcli=OURS)
    assert found == list(WORDS)


def test_another_program_s_agent_is_not_what_is_named(install: Install) -> None:
    found = install("/bin/sweep", sweep=OURS, agent=FOREIGN, sweepcli=OURS)
    assert found == [*WORDS[:2], "sweepcli agent me/demo/abcd1234", WORDS[3]]


def test_another_program_s_sweep_is_not_what_is_named(install: Install) -> None:
    found = install("/bin/agent", sweep=FOREIGN, agent=OURS, sweepcli=OURS)
    assert found[:3] == ["sweepcli ls", "sweepcli sweep.yaml", WORDS[2]]


def test_who_calls_sweepcli_reads_its_name(install: Install) -> None:
    found = install("/usr/bin/sweepcli", sweep=OURS, agent=OURS, sweepcli=OURS)
    assert found == [
        *("sweepcli ls", "sweepcli sweep.yaml"),
        *("sweepcli agent me/demo/abcd1234", "sweepcli run train.py"),
    ]


@pytest.mark.parametrize(
    "wrapper",
    [
        '#!/bin/sh\nexec /opt/tools/bin/python -m sweepcli agent "$@"\n',
        '#!/bin/sh\nexec /opt/tools/bin/sweepcli agent "$@"\n',
        f"#!/bin/sh\n'''exec' {'/long' * 40}/python \"$0\" \"$@\"\n' '''\nimport sweepcli.cli\n",
    ],
)
def test_a_wrapper_that_starts_another_installation_is_ours(install: Install, wrapper: str) -> None:
    assert install("/bin/sweep", agent=wrapper, sweepcli=OURS)[2] == "agent me/demo/abcd1234"


def test_what_a_command_is_given_has_quotes_where_a_shell_needs_them(install: Install) -> None:
    install("/bin/sweep", sweep=OURS, agent=OURS, sweepcli=OURS)
    assert (
        commands.line("sweep rm", "me/my project/x", "--yes") == "sweep rm 'me/my project/x' --yes"
    )


def test_a_file_that_cannot_be_started_is_none(install: Install, tmp_path: Path) -> None:
    install("/bin/sweep", agent=OURS, sweepcli=OURS)
    (tmp_path / "bin" / "agent").chmod(0o644)
    assert commands.line("agent x") == "sweepcli agent x"


def test_programs_that_are_not_on_the_path_are_called_by_their_folder(
    install: Install, tmp_path: Path
) -> None:
    beside = tmp_path / "my venv"
    beside.mkdir()
    (beside / "sweepcli").write_text(OURS)
    (beside / "sweepcli").chmod(0o755)

    found = install(str(beside / "sweep"))

    assert found[2] == f"'{beside}/sweepcli' agent me/demo/abcd1234"


def test_without_any_program_python_runs_the_module(install: Install) -> None:
    assert install("train.py")[0] == f"{shlex.quote(sys.executable)} -m sweepcli ls"
    found = install("train.py", agent=FOREIGN, sweep=FOREIGN)
    assert found[2] == f"{shlex.quote(sys.executable)} -m sweepcli agent me/demo/abcd1234"


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ([f"{SCRIPTS}/sweep"], "sweepcli agent"),
        ([f"{SCRIPTS}/sweepcli", "sweep"], "sweepcli agent"),
        ([sys.executable, "-m", "sweepcli", "sweep"], "python -m sweepcli agent"),
    ],
)
def test_a_foreign_agent_that_comes_first_is_seen_by_the_installed_commands(
    tmp_path: Path, command: list[str], shown: str
) -> None:
    (tmp_path / "agent").write_text("#!/bin/sh\necho I am Cursor's\n")
    (tmp_path / "agent").chmod(0o755)
    (tmp_path / "own.yaml").write_text(
        "method: random\ncommand: ['true']\nparameters: {x: {min: 0, max: 1}}\n"
    )

    done = subprocess.run(
        [*command, "own.yaml"],
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        check=True,
        text=True,
    )

    path = done.stdout.strip()
    assert done.stderr.splitlines()[-1] == f"sweepcli: Run sweep agent with: {shown} {path}"


# A command to type is spelled when it is said. Its name alone, as in "`sweep rm` was interrupted",
# is that of the documentation.
HELP = {"__main__.py", "cli/sweep.py", "cli/table.py", "env.py"}  # and its pages
MESSAGES = sorted(
    file for file in SOURCE.rglob("*.py") if str(file.relative_to(SOURCE)) not in HELP
)
TO_TYPE = re.compile(r"`(?:sweep|agent|sweepcli) (?:[^`]*[A-Z{][^`]*`|[^`]*$)")


@pytest.mark.parametrize("file", MESSAGES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_every_message_asks_how_a_command_is_typed(file: Path) -> None:
    tree = ast.parse(file.read_text("utf-8"))
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
    ]
    assert [text for text in texts if TO_TYPE.search(text)] == []
