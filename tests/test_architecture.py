"""Who may import whom, and how large a file or function may be."""

from __future__ import annotations

import ast
import graphlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

import sweepcli

ROOT = Path(sweepcli.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
GUIDE = Path(__file__).parents[1] / "CONTRIBUTING.md"
MAP = GUIDE.parent / "docs" / "architecture.md"
MOST_LINES = 300
LONGER = {
    "agents/clusters/ray_cluster.py": "all that calls Ray, which nothing else may load",
    "records.py": "all nouns of a sweep, which are read together",
    "sdk/run.py": "a run's methods are found in one place, as a script calls them",
    "stores/postgres.py": "all that is PostgreSQL's: its URL, its SQL, its connection",
}
MOST_LINES_OF_A_FUNCTION = 40

# Who may import whom: a row for each folder, in the order of the floors, the lowest first. A part
# may import itself, all that is small, and what its row names; every name stands in a row above.
# `sweepcli` is the package itself, which holds its version and public names.
SMALL = (
    *("about", "commands", "env", "errors", "expressions", "folders", "ids", "messages"),
    *("printed", "public_names", "records", "regular_files", "values", "wire"),
)
FLOORS: dict[str, set[str]] = {
    **{small: set() for small in SMALL},
    "sdk": set(),
    "sweep_config": set(),
    "search": {"sweep_config"},
    "stopping": set(),
    "stores": {"sweep_config"},
    "code": {"sweep_config"},
    "runs": {"sweep_config", "search", "stopping", "stores", "code"},
    "sweeps": {"sweep_config", "search", "stopping", "stores", "code", "runs"},
    "agents": {"sweep_config", "stores", "code", "runs", "sweeps"},
    "views": {"sweep_config", "search", "stores", "code", "runs", "sweeps", "agents"},
    "api": {"sdk", "sweep_config", "stores", "code", "runs", "sweeps", "agents", "views"},
    "sweepcli": {"sdk", "sweeps", "api"},
    "stand_in": {"sdk", "api", "sweepcli"},
    "cli": {
        *("sweep_config", "search", "stopping", "stores", "code", "runs", "sweeps", "agents"),
        *("views", "api", "sweepcli"),
    },
    "__main__": {"cli"},
}
MODULES_AT_THE_TOP = {f"{small}.py" for small in SMALL} | {"__init__.py", "__main__.py"}

# Packages and modules of others, and the only parts or files that may load them.
ONLY_IN = {
    "scipy": set(),
    "psutil": {"runs/process_table.py"},
    "psycopg": {"stores/postgres.py"},
    "numpy": {"search/numeric.py", "sdk/media/data_types.py", "sdk/media/table.py"},
    "optuna": {"search/optuna_study.py", "views/exports/optuna_file.py"},
    "pyarrow": {"views/exports/parquet.py"},
    "sqlalchemy": {"views/exports/optuna_file.py"},
    "ax": {"search/ax_client.py"},
    "ray": {"agents/clusters/ray_cluster.py"},
    "rich": {
        *("views/board/screen.py", "views/colours.py", "views/top_view.py", "views/terminal.py")
    },
    "yaml": {"sweep_config", "sdk/config.py"},
    "jsonschema": {"sweep_config"},
    "click": {"cli", "__main__"},
    "sqlite3": {"stores"},
    "starlette": {"views/dashboard"},
    "uvicorn": {"views/dashboard"},
}
# Each of these costs milliseconds, which a training script would pay at its start.
TOO_SLOW_FOR_THE_SDK = {
    *("dataclasses", "inspect", "logging", "pathlib", "tempfile", "subprocess", "typing", "re"),
    *("asyncio", "click", "jsonschema", "rich", "sqlite3", "yaml"),
}


@dataclass(frozen=True, slots=True)
class Import:
    """One import statement's target."""

    module: str
    line: int
    is_for_types: bool
    is_lazy: bool  # inside a function


def part(file: Path) -> str:
    """Return the part that a file belongs to."""
    first = file.relative_to(ROOT).parts[0].removesuffix(".py")
    return "sweepcli" if first == "__init__" else first


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


@cache
def imports(file: Path) -> list[Import]:
    """Return every import of a file, also those inside functions."""
    return list(_imports(tree(file), types=False, lazy=False))


def _imports(node: ast.AST, *, types: bool, lazy: bool) -> Iterator[Import]:
    lazy = lazy or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    types = types or (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    if isinstance(node, ast.Import):
        yield from (Import(alias.name, node.lineno, types, lazy) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"line {node.lineno}: imports are absolute"
        for alias in node.names:
            yield Import(f"{node.module}.{alias.name}", node.lineno, types, lazy)
    for child in ast.iter_child_nodes(node):
        yield from _imports(child, types=types, lazy=lazy)


def target(found: Import) -> str | None:
    """Return the part of ours that is imported, if it is one."""
    package, _, rest = found.module.partition(".")
    if package != "sweepcli":
        return None
    first = rest.partition(".")[0]
    is_part = (ROOT / first).is_dir() or (ROOT / f"{first}.py").is_file()
    return first if first and is_part else "sweepcli"


def module(file: Path) -> str:
    """Return the dotted name of a module within the package."""
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module(file) for file in FILES}


def home_of(found: Import) -> str | None:
    """Return the module of ours that an import loads: the one named, or the one of the name."""
    names = found.module.split(".")
    paths = (".".join(names[1:end]) for end in range(len(names), 1, -1))
    return (
        next((path for path in paths if path in MODULES), None) if names[0] == "sweepcli" else None
    )


def name(file: Path) -> str:
    return str(file.relative_to(ROOT))


every_file = pytest.mark.parametrize("file", FILES, ids=name)


@every_file
def test_a_part_imports_only_what_it_may(file: Path) -> None:
    here = part(file)
    allowed = {here, *SMALL, *FLOORS[here]}

    wrong = [
        f"{name(file)}:{found.line}: {here} must not import {found.module}"
        for found in imports(file)
        if (to := target(found)) and to not in allowed
    ]

    assert wrong == []


@every_file
def test_heavy_packages_are_loaded_only_where_they_may(file: Path) -> None:
    wrong = [
        f"{name(file)}:{found.line}: {found.module}"
        for found in imports(file)
        if not found.is_for_types
        and (where := ONLY_IN.get(found.module.partition(".")[0])) is not None
        and where.isdisjoint({part(file), name(file), name(file.parent)})
    ]

    assert wrong == []


@pytest.mark.parametrize(
    "file",
    [
        f
        for f in FILES
        if part(f)
        in {
            "sdk",
            "env",
            "wire",
            "errors",
            "ids",
            "messages",
            "printed",
            "regular_files",
            "sweepcli",
        }
    ],
    ids=name,
)
def test_a_training_script_loads_nothing_slow(file: Path) -> None:
    wrong = [
        f"{name(file)}:{found.line}: {found.module}"
        for found in imports(file)
        if not (found.is_for_types or found.is_lazy)
        and found.module.partition(".")[0] in TOO_SLOW_FOR_THE_SDK
    ]

    assert wrong == []


@every_file
def test_a_file_is_short_and_says_what_it_holds(file: Path) -> None:
    text = file.read_text("utf-8")
    assert len(text.splitlines()) <= MOST_LINES or name(file) in LONGER
    assert ast.get_docstring(tree(file)), "a module begins with a docstring"


@every_file
def test_a_function_is_short(file: Path) -> None:
    long = [
        f"{name(file)}:{node.lineno}: {node.name} has {lines} lines"
        for node in ast.walk(tree(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or 0) - node.lineno + 1) > MOST_LINES_OF_A_FUNCTION
    ]

    assert long == []


@every_file
def test_a_module_is_named_after_what_it_holds(file: Path) -> None:
    vague = re.compile(r"(utils?|helpers?|base|manager|core|misc)")
    if part(file) == "stand_in":  # these names are W&B's
        return

    assert not any(vague.fullmatch(word) for word in re.split(r"[_/.]", name(file)))


def test_the_rows_are_the_parts_from_the_lowest_floor_up() -> None:
    order = list(FLOORS)
    upwards = {
        (here, below)
        for here, allowed in FLOORS.items()
        for below in allowed
        if order.index(below) >= order.index(here)
    }

    assert upwards == set()
    assert set(FLOORS) == {part(file) for file in FILES}
    assert {file.name for file in ROOT.glob("*.py")} == MODULES_AT_THE_TOP


def test_the_map_says_who_may_import_whom() -> None:
    rows = re.findall(r"^\| `(\w+)/` \|.*?\|([^|]*)\|$", MAP.read_text("utf-8"), re.MULTILINE)
    packages = {here: allowed - {"sweepcli"} for here, allowed in FLOORS.items()}
    folders = [here for here in packages if (ROOT / here).is_dir()]

    assert {here: set(re.findall(r"`(\w+)`", names)) for here, names in rows} == {
        here: packages[here] for here in folders
    }
    order = [here for here, _ in reversed(rows)]
    assert all(order.index(low) < order.index(here) for here in order for low in packages[here])


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {
        module(file): {home for found in imports(file) if (home := home_of(found))} - {module(file)}
        for file in FILES
    }

    order = list(graphlib.TopologicalSorter(graph).static_order())  # CycleError names a circle

    assert set(order) == MODULES


@pytest.mark.parametrize("page", [MAP, GUIDE], ids=["architecture", "contributing"])
def test_a_page_about_the_package_names_what_there_is(page: Path) -> None:
    named = set(re.findall(r"`([\w/]+(?:/|\.py|\.json))`", page.read_text("utf-8")))
    homes = (ROOT, GUIDE.parent)
    gone = [path for path in named if not any((home / path).exists() for home in homes)]

    assert named
    assert [path for path in gone if "NAME" not in path] == []


def test_no_module_is_called_what_a_script_reads() -> None:
    names = {file.stem for file in ROOT.glob("*.py")} | {part(file) for file in FILES}
    assert names.isdisjoint(sweepcli.__all__)
