from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from frozen_code import checked_out, froze, git, place, redirect, repository, written
from sweepcli.code import redirect as redirecting
from sweepcli.code.redirect import Redirect
from sweepcli.errors import LaunchError


@pytest.fixture
def code(tmp_path: Path) -> Path:
    return repository(tmp_path / "code")


@pytest.fixture
def found(code: Path, tmp_path: Path) -> Redirect:
    sweep = tmp_path / "results" / "s1"
    froze(code, sweep)
    return redirect(code, sweep)


def words(found: Redirect, line: str) -> str:
    """Return a command line as it is redirected, with TREE for the checkout."""
    return " ".join(found.argv(line.split())).replace(found.checkout.tree, "TREE")


def path_of(found: Redirect, line: str, before: str = "") -> list[str]:
    """Return the entries of PYTHONPATH, with TREE for the checkout."""
    variables = found.variables(line.split(), {"PYTHONPATH": before})
    entries = variables.get("PYTHONPATH", "").split(os.pathsep)
    return [entry.replace(found.checkout.tree, "TREE") for entry in entries if entry]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "redirected"),
    [
        ("/usr/bin/env python train.py --lr=1", "/usr/bin/env python TREE/train.py --lr=1"),
        ("python ./train.py", "python TREE/train.py"),
        ("env OMP_NUM_THREADS=2 python train.py", "env OMP_NUM_THREADS=2 python TREE/train.py"),
        ("./run.sh --lr=1", "TREE/run.sh --lr=1"),
        ("bash run.sh", "bash TREE/run.sh"),
        ("run.sh", "run.sh"),
        ("torchrun --nproc_per_node 2 train.py", "torchrun --nproc_per_node 2 TREE/train.py"),
        ("python train.py conf/a.yaml", "python TREE/train.py TREE/conf/a.yaml"),
        ("python train.py --config conf/a.yaml", "python TREE/train.py --config TREE/conf/a.yaml"),
        ("python train.py --config=conf/a.yaml", "python TREE/train.py --config=TREE/conf/a.yaml"),
        ("python train.py config=conf/a.yaml", "python TREE/train.py config=TREE/conf/a.yaml"),
        ("python train.py @conf/a.yaml", "python TREE/train.py @TREE/conf/a.yaml"),
        ("python train.py --config-dir=conf", "python TREE/train.py --config-dir=TREE/conf"),
        ("python train.py --config-path ./conf", "python TREE/train.py --config-path TREE/conf"),
        ("python pkg", "python TREE/pkg"),
        ("python -u -X dev pkg", "python -u -X dev TREE/pkg"),
        # Words that are no files
        ("python train.py --model pkg", "python TREE/train.py --model pkg"),
        ("python train.py --model=conf", "python TREE/train.py --model=conf"),
        ("python train.py --root .", "python TREE/train.py --root ."),
        ("python train.py --out=conf/a.yaml", "python TREE/train.py --out=conf/a.yaml"),
        ("python train.py --save-dir conf", "python TREE/train.py --save-dir conf"),
        ("python train.py --data-dir=data", "python TREE/train.py --data-dir=data"),
        ("python -m pkg.model", "python -m pkg.model"),
        ("sh -c true", "sh -c true"),
    ],
)
def test_words_that_name_frozen_files_name_them_in_the_checkout(
    line: str, redirected: str, found: Redirect
) -> None:
    assert words(found, line) == redirected


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "redirected"),
    [
        ("python .", "python TREE"),
        ("python -u . --root .", "python -u TREE --root ."),
        ("python -W error tool", "python -W error TREE/tool"),
        ("bash -eo pipefail tool", "bash -eo pipefail TREE/tool"),
        ("python -c tool", "python -c tool"),
    ],
)
def test_what_a_python_or_shell_executes_is_redirected_whatever_its_name(
    line: str, redirected: str, code: Path, tmp_path: Path
) -> None:
    written(code, {"__main__.py": "", "tool": "", "data.csv": ""})
    git(code, "add", ".")
    sweep = tmp_path / "results" / "s1"
    froze(code, sweep)

    assert words(redirect(code, sweep), line) == redirected


def test_absolute_paths_are_redirected_too(found: Redirect, code: Path) -> None:
    assert words(found, f"python {code}/train.py") == "python TREE/train.py"
    assert words(found, "/bin/true --x=/bin/true") == "/bin/true --x=/bin/true"


def test_a_folder_with_data_in_it_stays(code: Path, tmp_path: Path) -> None:
    written(code, {".gitignore": "*.bin\n", "conf/weights.bin": "", "data/labels.json": "[]"})
    git(code, "add", ".")
    sweep = tmp_path / "results" / "s1"
    froze(code, sweep)

    found = redirect(code, sweep)

    line = "python train.py --config-dir conf --data-dir data --labels data/labels.json"
    assert words(found, line) == (
        "python TREE/train.py --config-dir conf --data-dir data --labels TREE/data/labels.json"
    )


def test_a_named_file_outside_of_the_repository_is_redirected(code: Path, tmp_path: Path) -> None:
    (tmp_path / "shared.yaml").write_text("x: 1\n")
    sweep = tmp_path / "results" / "s1"
    froze(code, sweep, where=place(code, sweep.parent, named=("../shared.yaml",)))

    found = redirect(code, sweep)
    (tmp_path / "shared.yaml").write_text("x: 2\n")

    [_, _, config] = found.argv(["python", "train.py", "--config=../shared.yaml"])
    assert Path(config.partition("=")[2]).read_text() == "x: 1\n"


# Python's search path


def test_a_module_is_imported_from_the_checkout(found: Redirect) -> None:
    assert path_of(found, "python -m pkg.model") == ["TREE"]
    assert found.variables(["python", "-m", "pkg.model"], {})["PYTHONSAFEPATH"] == "1"


def test_a_line_of_python_imports_from_the_checkout(found: Redirect) -> None:
    assert path_of(found, "python -u -c train --lr=1") == ["TREE"]
    assert found.variables(["python", "-c", "import train"], {})["PYTHONSAFEPATH"] == "1"
    assert found.variables(["bash", "-c", "true"], {}) == {}


def test_a_script_needs_no_path_since_its_folder_is_the_checkout(found: Redirect) -> None:
    assert found.variables(["python", "train.py"], {}) == {}
    assert found.variables(["python", "-m", "torch.distributed.run", "train.py"], {}) == {}


def test_entries_of_the_path_in_the_repository_are_those_of_the_checkout(
    found: Redirect, code: Path
) -> None:
    before = os.pathsep.join([f"{code}/pkg", "conf", "/elsewhere"])

    assert path_of(found, "python train.py", before) == ["TREE/pkg", "TREE/conf", "/elsewhere"]
    assert path_of(found, "python -m pkg.model", "/elsewhere") == ["TREE", "/elsewhere"]


@pytest.mark.parametrize(
    ("line", "modules"),
    [
        ("python -m pkg.train --lr 1", ["pkg.train"]),
        ("/usr/bin/env python -u -m pkg.train", ["pkg.train"]),
        ("accelerate launch --num_processes 2 -m pkg.train", ["pkg.train"]),
        ("python -m torch.distributed.run -m pkg.train", ["torch.distributed.run", "pkg.train"]),
        ("python train.py -m resnet", []),
        ("./program -m resnet", []),
    ],
)
def test_the_modules_of_a_command_are_found(line: str, modules: list[str]) -> None:
    assert redirecting.modules_of(line.split()) == modules


def test_a_folder_that_no_search_path_can_name_is_refused(code: Path, tmp_path: Path) -> None:
    sweep = tmp_path / "a:b" / "s1"
    froze(code, sweep)
    found = redirect(code, sweep)

    with pytest.raises(LaunchError, match="use a results directory without it"):
        found.variables(["python", "-m", "pkg.model"], {})
    assert found.variables(["python", "train.py"], {}) == {}


# Editable installs


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """Return the Python of a new virtual environment."""
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv")], check=True
    )
    return tmp_path / "venv" / "bin" / "python"


def packages_of(python: Path) -> Path:
    [folder] = python.parents[1].glob("lib/python*/site-packages")
    return folder


def said(found: Redirect, python: Path, code: str) -> str:
    """Return what a line of Python prints with the variables of a run."""
    environ = {**os.environ, **found.variables([str(python), "x.py"], {})}
    done = subprocess.run(
        [python, "-c", code], env=environ, cwd="/", capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def editable(code: Path, sweep: Path, python: Path) -> Redirect:
    froze(code, sweep)
    written(code, dict.fromkeys(("src/lib.py", "pkg/model.py"), "VALUE = 'second'\n"))
    return Redirect(checked_out(code, sweep, str(python)), str(code))


def test_an_editable_install_by_a_path_is_the_frozen_one(tmp_path: Path, python: Path) -> None:
    code = repository(tmp_path / "code", {"train.py": "", "src/lib.py": "VALUE = 'first'\n"})
    (packages_of(python) / "lib.pth").write_text(f"{code}/src\n")

    found = editable(code, tmp_path / "results" / "s1", python)

    assert said(found, python, "import lib; print(lib.VALUE)") == "first"


FINDER = """\
import sys
from importlib.util import spec_from_file_location
MAPPING = {'pkg': '%s/pkg'}
class Finder:
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name in MAPPING:
            return spec_from_file_location(name, MAPPING[name] + '/__init__.py')
def install():
    sys.meta_path.append(Finder)
"""


def test_an_editable_install_by_a_table_is_the_frozen_one(tmp_path: Path, python: Path) -> None:
    code, packages = repository(tmp_path / "code"), packages_of(python)
    (packages / "__editable___pkg_finder.py").write_text(FINDER % code)
    (packages / "pkg.pth").write_text(
        "import __editable___pkg_finder; __editable___pkg_finder.install()\n"
    )

    found = editable(code, tmp_path / "results" / "s1", python)

    assert said(found, python, "from pkg import model; print(model.VALUE)") == "first"


def test_a_repository_does_not_hide_a_package_that_was_found_before(
    tmp_path: Path, python: Path
) -> None:
    files = {"train.py": "", "datasets.py": "VALUE = 'ours'\n", "lib.py": "VALUE = 'first'\n"}
    code, packages = repository(tmp_path / "code", files), packages_of(python)
    (packages / "datasets.py").write_text("VALUE = 'theirs'\n")
    (packages / "lib.pth").write_text(f"{code}\n")

    found = editable(code, tmp_path / "results" / "s1", python)
    (code / "lib.py").write_text("VALUE = 'second'\n")

    assert said(found, python, "import datasets; print(datasets.VALUE)") == "theirs"
    assert said(found, python, "import lib; print(lib.VALUE)") == "first"


def test_a_folder_from_which_the_first_machine_imported_counts_on_another(
    tmp_path: Path, python: Path
) -> None:
    code = repository(tmp_path / "code", {"train.py": "", "src/lib.py": "VALUE = 'first'\n"})
    packages = packages_of(python)
    sweep, there = tmp_path / "results" / "s1", tmp_path / "there"
    there.mkdir()
    froze(code, sweep, path=("src",))
    assert not list(packages.glob("*.pth"))

    found = Redirect(checked_out(there, sweep, str(python)), str(there))

    assert said(found, python, "import lib; print(lib.VALUE)") == "first"
