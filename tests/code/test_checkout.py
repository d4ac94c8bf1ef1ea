from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from frozen_code import checked_out, froze, git, place, repository
from other_user import CAN, as_user
from support import until
from sweepcli.code import checkout
from sweepcli.code.checkout import Checkout

READY = """\
import sys
from sweepcli.code import checkout
found = checkout.ready(sys.argv[1], cwd=sys.argv[2], results=sys.argv[3], python=sys.executable)
print(found.tree, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def code(tmp_path: Path) -> Path:
    return repository(tmp_path / "code")


@pytest.fixture
def sweep(code: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "some results" / "s1"
    froze(code, folder)
    return folder


@pytest.fixture
def found(code: Path, sweep: Path) -> Iterator[Checkout]:
    made = checked_out(code, sweep)
    yield made
    made.close()


def user(sweep: Path, code: Path) -> subprocess.Popen[str]:
    """Start a process that uses the checkout until its input ends."""
    argv = [sys.executable, "-c", READY, str(sweep), str(code), str(sweep.parent)]
    return subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def end(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


def leave(process: subprocess.Popen[str]) -> None:
    process.communicate()
    assert process.returncode == 0


def test_a_checkout_is_the_code_as_it_was(code: Path, sweep: Path) -> None:
    (code / "pkg" / "model.py").write_text("VALUE = 'second'\n")
    (code / "train.py").unlink()

    made = checked_out(code, sweep)

    assert Path(made.tree).name == "code"
    assert Path(made.tree, "pkg/model.py").read_text() == "VALUE = 'first'\n"
    assert Path(made.tree, "train.py").exists()
    made.close()


def test_a_checkout_is_compiled_and_cannot_be_written_to(found: Checkout) -> None:
    folders = [Path(found.folder), *(p for p in Path(found.folder).rglob("*") if p.is_dir())]
    files = [path for path in Path(found.folder).rglob("*") if path.is_file()]

    assert [each for each in (*folders, *files) if each.stat().st_mode & 0o222] == []
    assert list(Path(found.tree, "pkg", "__pycache__").glob("model.*.pyc"))


@pytest.mark.skipif(not CAN, reason="only root can become another user")
def test_a_run_cannot_change_it(found: Checkout) -> None:
    script = f"echo x >> '{found.tree}/train.py' || echo x > '{found.tree}/new.py'"

    done = subprocess.run(as_user(["sh", "-c", script]), capture_output=True, check=False)

    assert done.returncode != 0
    assert not Path(found.tree, "new.py").exists()


def test_a_traceback_names_the_file_where_it_is(found: Checkout) -> None:
    code = "import pkg.model; print(pkg.model.__loader__.get_code('pkg.model').co_filename)"

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=found.tree, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == os.path.join(found.tree, "pkg", "model.py")


# What is beside the code


def test_data_and_ignored_files_are_reached_at_the_highest_missing_level(
    code: Path, sweep: Path
) -> None:
    (code / ".gitignore").write_text("data\n*.so\n.env\n")
    (code / "data" / "raw").mkdir(parents=True)
    (code / "data" / "raw" / "x.csv").write_text("1,2\n")
    (code / "pkg" / "fast.so").write_text("")
    (code / ".env").write_text("KEY=1\n")

    tree = Path(checked_out(code, sweep).tree)

    assert (tree / "data").readlink() == code / "data"
    assert (tree / "data" / "raw" / "x.csv").read_text() == "1,2\n"
    assert (tree / "pkg" / "fast.so").readlink() == code / "pkg" / "fast.so"
    assert not (tree / "pkg").is_symlink()
    assert (tree / ".env").read_text() == "KEY=1\n"


def test_neither_the_repository_nor_results_nor_environments_are_reached(
    code: Path, tmp_path: Path
) -> None:
    sweep = code / "sweep-results" / "s1"
    froze(code, sweep)
    for name in ("env", "__pycache__", "conda"):
        (code / name).mkdir()
    (code / "env" / "pyvenv.cfg").touch()
    (code / "conda" / "conda-meta").mkdir()

    tree = Path(checked_out(code, sweep).tree)

    assert {path.name for path in tree.iterdir()} - {"__pycache__"} == {
        *("train.py", "pkg", "conf", "run.sh")
    }
    assert not (tree / "__pycache__").is_symlink()
    del tmp_path


def test_source_that_came_later_is_not_reached_and_what_was_there_is(
    code: Path, tmp_path: Path
) -> None:
    (code / ".gitignore").write_text("generated.py\n")
    (code / "generated.py").write_text("")
    sweep = tmp_path / "results" / "s1"
    froze(code, sweep)
    (code / "json.py").write_text("raise SystemExit('later')\n")

    tree = Path(checked_out(code, sweep).tree)

    assert (tree / "generated.py").is_symlink()
    assert not (tree / "json.py").exists()


def test_data_that_came_later_is_reached_by_the_next_agent(code: Path, sweep: Path) -> None:
    first = checked_out(code, sweep)
    (code / "data").mkdir()
    second = checked_out(code, sweep)

    assert second.tree == first.tree
    assert Path(second.tree, "data").is_symlink()
    assert not Path(second.tree).stat().st_mode & 0o222


def test_a_link_that_leads_out_of_the_repository_leads_to_the_same(
    code: Path, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere.py").write_text("x\n")
    (code / "out.py").symlink_to("../elsewhere.py")
    (code / "own.py").symlink_to(code / "train.py")
    git(code, "add", ".")
    sweep = tmp_path / "results" / "s1"
    froze(code, sweep)

    tree = Path(checked_out(code, sweep).tree)

    assert (tree / "out.py").resolve() == tmp_path / "elsewhere.py"
    assert (tree / "own.py").resolve() == tree / "train.py"


def test_a_link_that_git_does_not_have_leads_to_the_frozen_code(code: Path, tmp_path: Path) -> None:
    for name, text in {"models": "pkg", "now": f"{code}/train.py", "self": "."}.items():
        (code / name).symlink_to(text)
    (code / ".gitignore").write_text("models\nnow\nself\n")
    sweep = tmp_path / "results" / "s1"
    froze(code, sweep)
    (code / "train.py").write_text("later")

    with closing(checked_out(code, sweep)) as found:
        tree = Path(found.tree)
        names = ("models", "now", "self")
        assert [(tree / name).resolve() for name in names] == [
            (tree / name).resolve() for name in ("pkg", "train.py", ".")
        ]
        assert (tree / "now").read_text() != "later"


def test_on_another_machine_the_folder_of_the_agent_counts(
    code: Path, sweep: Path, tmp_path: Path
) -> None:
    there = tmp_path / "there"
    (there / "data").mkdir(parents=True)

    here, other = checked_out(code, sweep), checked_out(there, sweep)

    assert here.tree != other.tree
    assert Path(other.tree, "data").readlink() == there / "data"
    assert other.counterpart(str(there / "train.py")) == os.path.join(other.tree, "train.py")
    assert other.counterpart(str(code / "train.py")) == os.path.join(other.tree, "train.py")


def test_a_folder_below_the_root_stands_for_the_same_below_another(
    code: Path, tmp_path: Path
) -> None:
    sweep, below = tmp_path / "results" / "s1", tmp_path / "there" / "pkg"
    froze(code, sweep, where=place(code / "pkg", sweep.parent)._replace(program="model.py"))
    below.mkdir(parents=True)

    made = checked_out(below, sweep)

    assert made.root == str(tmp_path / "there")
    assert made.counterpart(str(below / "model.py")) == os.path.join(made.tree, "pkg/model.py")


# Many processes, and dead ones


@pytest.mark.slow
def test_twenty_agents_at_once_share_one_checkout(code: Path, sweep: Path) -> None:
    users = [user(sweep, code) for _ in range(20)]

    trees = {process.stdout.readline() for process in users if process.stdout}

    [place_] = [each for each in (sweep / "code").iterdir() if each.is_dir()]
    assert trees == {f"{place_}/tree/code\n"}
    assert {each.name for each in (sweep / "code").iterdir()} == {
        *(place_.name, f"{place_.name}.lock", f"{place_.name}.making")
    }
    for process in users:
        leave(process)


@pytest.mark.slow
def test_a_process_that_is_killed_while_it_unpacks_leaves_nothing_half_done(
    tmp_path: Path,
) -> None:
    files = {f"pkg{n % 20}/m{n}.py": "x = 1\n" * 200 for n in range(600)}
    code, sweep = repository(tmp_path / "code", {**files, "train.py": ""}), tmp_path / "r" / "s1"
    froze(code, sweep)
    process = user(sweep, code)
    until(lambda: any((sweep / "code").glob("*.new/root/pkg1/*")) if sweep.exists() else False)
    end(process)

    made = checked_out(code, sweep)

    assert len(list(Path(made.tree).glob("pkg*/*.py"))) == 600
    assert list((sweep / "code").glob("*.new")) == []
    made.close()


@pytest.mark.slow
def test_a_checkout_goes_when_nobody_uses_it_and_not_before(code: Path, sweep: Path) -> None:
    (code / "data").mkdir()
    (code / "data" / "x.csv").write_text("1\n")
    first, process = checked_out(code, sweep), user(sweep, code)
    assert process.stdout is not None
    process.stdout.readline()
    first.close()

    checkout.remove_unused(str(sweep))
    assert Path(first.tree, "train.py").exists()
    end(process)
    checkout.remove_unused(str(sweep))

    assert not (sweep / "code").exists()
    assert (code / "data" / "x.csv").exists()
    checked_out(code, sweep).close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can write there")
def test_a_checkout_that_runs_have_written_into_is_kept(code: Path, sweep: Path) -> None:
    made = checked_out(code, sweep)
    made.close()
    own = Path(made.tree, "pkg", "outputs", "model.txt")
    own.parent.mkdir()
    own.write_text("the only copy")

    assert checkout.remove_unused(str(sweep)) == [str(own)]

    assert own.read_text() == "the only copy"
