from __future__ import annotations

from pathlib import Path

import pytest

from frozen_code import git, repository, written
from sweepcli.code import not_frozen, place, relative_paths, snapshot, tree, working_tree
from sweepcli.code.interpreter import Imports
from sweepcli.records import JSON
from sweepcli.sweep_config.parse import parse

NEW = Imports(version=(3, 12))


@pytest.fixture
def code(tmp_path: Path) -> Path:
    return repository(tmp_path / "code", {"train.py": "", "conf/a.yaml": "", "lib.sh": ""})


def lines(code: Path, command: list[str], imports: Imports = NEW) -> list[str]:
    """Return what is told of a sweep with this command."""
    raw: dict[str, JSON] = {"method": "grid", "parameters": {}, "command": command}
    config, results = parse(raw), str(code.parent / "results")
    where = place.place_of(config, results=results, cwd=str(code), interpreter="python")
    seen = tree.look(where)
    beside = working_tree.source_beside(seen.root, seen.files, results)
    return not_frozen.lines(not_frozen.of(command, where, seen, imports, beside))


def test_of_a_plain_script_all_is_frozen(code: Path) -> None:
    assert lines(code, ["python", "train.py", "--config=conf/a.yaml", "${args}"]) == []


def test_a_shell_script_that_calls_others_is_told_with_what_those_call(code: Path) -> None:
    written(code, {"run.sh": "# conf/a.yaml\n. ./lib.sh\n", "lib.sh": 'python train.py "$@"\n'})

    assert lines(code, ["bash", "run.sh"]) == [
        "lib.sh: run.sh calls them by relative paths",
        "train.py: lib.sh calls them by relative paths",
    ]


def test_a_module_that_a_shell_script_starts_from_the_working_directory_is_told(code: Path) -> None:
    names = ("pkg/train.py", "pkg/test/__main__.py", "pkg/__init__.py")
    written(code, {"run.sh": "python -m pkg.train $@\npython -um pip; python -m pkg.test\n"})
    written(code, dict.fromkeys(names, ""))

    assert lines(code, ["bash", "run.sh"]) == [
        "pkg/train.py, pkg/test/__main__.py: run.sh calls them by relative paths"
    ]


def test_a_line_of_the_shell_is_told(code: Path) -> None:
    assert lines(code, ["bash", "-lc", "python train.py --x=1"]) == [
        "train.py: a line of the shell names them by relative paths"
    ]


@pytest.mark.parametrize(
    "line", ["cd pkg && python main.py", "python -m pkg.main", "(cd x; cd ..; python -u ./main.py)"]
)
def test_a_line_of_the_shell_is_told_that_starts_a_module_or_goes_elsewhere(
    code: Path, line: str
) -> None:
    written(code, {"pkg/main.py": ""})
    git(code, "add", ".")

    assert lines(code, ["bash", "-c", line]) == [
        "pkg/main.py: a line of the shell names them by relative paths"
    ]


def test_a_line_of_python_that_opens_code_is_told(code: Path) -> None:
    command = ["python", "-u", "-c", "import train; open('conf/a.yaml')"]
    assert lines(code, command) == [
        "conf/a.yaml: a line of Python names them by paths from the working directory"
    ]
    assert "imports for `-m` and `-c`" in lines(code, command, Imports(version=(3, 8)))[1]


def test_a_folder_on_the_path_that_has_no_frozen_code_is_told(code: Path) -> None:
    imports = NEW._replace(path=(".", "conf", "build/__editable__.pkg"))

    assert lines(code, ["python", "train.py"], imports) == [
        "build/__editable__.pkg: Python imports from it, and it is no frozen code"
    ]


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (["docker", "run", "me", "x"], "docker: a container runs what is in its image"),
        (["make", "train"], "make: it reads its own files in the working directory"),
    ],
)
def test_programs_that_find_their_files_themselves_are_told(
    code: Path, command: list[str], line: str
) -> None:
    assert lines(code, command) == [line]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("open('conf/a.yaml')", True),
        ("parser.add_argument('--config', default='conf/a.yaml')", True),
        ("def load(path='conf/a.yaml'): pass", True),
        ("CONFIG = 'conf/a.yaml'", True),
        ("subprocess.run(['python', 'train.py'])", True),
        ("ArgumentParser(prog='train.py')", False),
        ("open(Path(__file__).parent / 'conf/a.yaml')", False),
        ("HERE = Path(__file__).parent\nopen(HERE / 'conf/a.yaml')", False),
        ("open(os.path.join(HERE, 'conf/a.yaml'))", False),
        ("open(os.path.dirname(__file__) + '/conf/a.yaml')", False),
        ("@hydra.main(config_name='conf/a.yaml')\ndef main(): pass", False),
        ("'''See conf/a.yaml.'''", False),
        ("open('conf/none.yaml')", False),
        ("this is no Python: 'conf/a.yaml'", False),
    ],
)
def test_a_program_that_names_a_frozen_file_from_the_working_directory_is_told(
    code: Path, text: str, *, told: bool
) -> None:
    (code / "pkg.py").write_text(text)

    found = lines(code, ["python", "train.py"])

    assert [line.partition(": ")[2] for line in found] == (
        ["pkg.py names it by a path from the working directory"] if told else []
    )


def test_paths_are_texts_that_look_like_them() -> None:
    text = "f('a.yaml', 'x y.yaml', '.', '..', 'a', 'b.c', 'b.c')"

    assert relative_paths.of(text, {"a.yaml"}) == ["a.yaml", "b.c"]


def test_a_program_that_names_no_frozen_file_is_not_parsed() -> None:
    assert relative_paths.of("f('a.yaml')", {"b.yaml", "a"}) == []


def test_ignored_source_below_the_program_is_told_and_data_is_not(code: Path) -> None:
    written(code, {".gitignore": "gen*\n", "generated.py": "", "gen.csv": ""})

    assert lines(code, ["python", "train.py"]) == [
        "generated.py: git ignores it, or `exclude` names it"
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("sys.path.append('..')", True),
        ("sys.path.insert(0, 'src')", True),
        ("sys.path.insert(0, os.getcwd())", True),
        ("sys.path.append(os.path.abspath('..'))", True),
        ("sys.path.append('/opt/lib')", False),
        ("sys.path.append(os.path.join(os.path.dirname(__file__), '..'))", False),
        ("sys.path.append(str(Path(__file__).parent / 'src'))", False),
        ("sys.path.append(HERE)", False),
    ],
)
def test_a_program_that_imports_from_the_working_directory_is_told(
    code: Path, text: str, *, told: bool
) -> None:
    (code / "pkg.py").write_text(f"import sys\n{text}\n")

    line = "pkg.py: it adds a folder to sys.path by a path from the working directory"
    assert lines(code, ["python", "train.py"]) == ([line] if told else [])


def test_a_large_file_is_told(code: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "LARGEST", 2_000_000)
    (code / "large.py").write_text("#" * 2_000_001)
    git(code, "add", ".")

    assert lines(code, ["python", "train.py"]) == ["large.py: has more than 2 MB"]


def test_what_python_finds_elsewhere_is_told(code: Path) -> None:
    found = Imports(version=(3, 12), foreign=("/other/src",), hooks=("_lib_editable",))

    assert lines(code, ["python", "train.py"], found) == [
        "/other/src: an editable install from outside of the repository",
        "_lib_editable: an import hook of an editable install, which comes first",
    ]


def test_an_old_python_with_a_module_is_told(code: Path) -> None:
    assert lines(code, ["python", "-m", "train"], Imports(version=(3, 10))) == [
        "train: Python 3.10 imports for `-m` and `-c` from the working directory (3.11 does not)"
    ]
    assert lines(code, ["python", "-m", "train"], Imports(version=(3, 11))) == []


def test_many_things_are_told_in_ten_lines() -> None:
    found = [not_frozen.Found(f"why {n}", ("a", "b\x1b[2J", "c", "d", "e")) for n in range(12)]

    told = not_frozen.lines(found)

    assert told[0] == "a, b\\x1b[2J, c and 2 more: why 0"
    assert (len(told), told[-1]) == (11, "and 2 more")


def test_a_tool_with_an_environment_of_its_own_is_told(code: Path) -> None:
    line = "conda: editable installs in its environment are not seen"

    assert lines(code, ["conda", "run", "-n", "other", "python", "train.py"]) == [line]
    assert lines(code, ["uv", "run", "train.py"]) == [line.replace("conda", "uv")]
    written(code, {".gitignore": ".venv\n", ".venv/bin/python": ""})
    assert lines(code, ["uv", "run", "train.py"]) == []
