"""Who may import whom, and how large a file or function may be."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import sweepcli

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(sweepcli.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
MOST_LINES = 300
MOST_LINES_OF_A_FUNCTION = 40

# What each part may import of ours, `errors` and itself apart. A part is a folder, or a module
# beside them. `sweepcli` is the package itself, which holds its version and public names.
LEAVES = {
    *("dotted", "durations", "env", "errors", "finite", "ids", "messages", "patterns"),
    *("public_names", "records", "terminal", "wire"),
}
MAY_IMPORT: dict[str, set[str]] = {
    **{leaf: set() for leaf in LEAVES},
    "breaker": {"env", "records"},
    "folders": {"records"},
    "location": {"env"},
    "outage": {"timing"},
    "pareto": {"finite", "records"},
    "outcome": {"records"},
    "output": {"terminal"},
    "shutdown": {"outcome", "records"},
    "slots": {"env", "launchers"},
    "timing": {"env"},
    "sweep_path": set(),
    "wakeup": set(),
    "sdk": {"env", "ids", "messages", "public_names", "wire"},
    "sweep_config": {"durations", "env", "patterns", "records"},
    "search": {"dotted", "pareto", "sweep_config", "records"},
    "importance": {"records", "search"},
    "stopping": {"finite", "records", "timing"},
    "stores": {
        "env",
        "location",
        "records",
        "timing",
    },  # `env`: what a person says of a network disk
    "metrics": {"dotted", "finite", "folders", "patterns", "records", "terminal", "wire"},
    "wandb_use": {"env"},
    "launchers": {"env", "records"},
    "sweep_control": {"sweep_config", "ids", "records", "search", "stores"},
    "preflight": {"sweep_config", "launchers", "records", "search", "stopping"},
    "live_run": {
        *("agent_options", "folders", "launchers", "metrics", "outcome", "records", "terminal"),
        "timing",
    },
    "launch": {
        *("agent_options", "env", "folders", "launchers", "live_run", "location", "metrics"),
        *("records", "slots", "stopping", "sweep_config", "wandb_use"),
    },
    "live_runs": {
        *("agent_options", "assignment", "launch", "launchers", "live_run", "location"),
        *("outcome", "output"),
        *("records", "slots"),
    },
    "recovery": {"folders", "launchers", "live_run", "metrics", "outcome", "records", "stores"},
    "assignment": {
        *("agent_options", "preflight", "records", "recovery", "stores", "sweep_config"),
        "sweep_control",
    },
    "ledger": {
        *("agent_options", "breaker", "live_run", "live_runs", "outcome", "records", "stores"),
    },
    "early_stop": {"dotted", "records", "stopping", "stores"},
    "overseer": {
        *("assignment", "early_stop", "live_runs", "outcome", "records", "stores", "timing"),
    },
    "agent_options": {"launchers", "output", "records", "slots", "timing", "wandb_use"},
    "agent_loop": {
        *("agent_options", "assignment", "breaker", "ids", "launchers", "ledger", "live_run"),
        *("live_runs", "outage", "overseer", "records", "recovery", "shutdown", "stores"),
        *("timing", "wakeup"),
    },
    "by_hand": {
        *(
            "agent_options",
            "assignment",
            "sweep_control",
            "folders",
            "ids",
            "launch",
            "live_run",
            "location",
            "outcome",
        ),
        *("records", "recovery", "slots", "stores", "sweep_config", "wandb_use"),
    },
    "api": {
        *("env", "finite", "folders", "ids", "location", "messages", "records", "stores"),
        *("sweep_config", "sweep_path"),
    },
    "show": {
        *("agent_options", "dotted", "finite", "folders", "importance", "messages", "pareto"),
        *("records", "recovery", "search", "slots", "stores", "sweep_config", "sweep_control"),
        *("terminal", "timing", "whereabouts"),
    },
    "board": {
        *("agent_options", "dotted", "finite", "records", "show", "slots", "stores"),
        *("sweep_config", "sweep_control", "terminal"),
    },
    "engines": {
        *("env", "folders", "launchers", "location", "messages", "records", "shutdown", "wakeup"),
    },
    "whereabouts": {"folders", "records"},
    "following": {"records", "recovery", "stores", "timing", "whereabouts"},
    "exports": {
        *("dashboard", "dotted", "finite", "pareto", "records", "search", "show", "stores"),
        "sweep_config",
    },
    "agent_session": {
        *("agent_loop", "agent_options", "board", "env", "folders", "messages", "records"),
        *("show", "stores", "sweep_config", "sweep_control", "wakeup"),
    },
    "function_agent": {
        *("agent_options", "agent_session", "api", "launchers", "location", "sdk", "shutdown"),
        *("stores", "sweep_path", "timing", "wakeup"),
    },
    "public_api": {
        *("api", "env", "exports", "finite", "folders", "location", "metrics", "records", "show"),
        *("stores", "sweep_config", "sweep_control", "sweep_path"),
    },
    "state_changes": {"records", "stores"},
    "dashboard": {
        *("dotted", "folders", "importance", "location", "records", "search", "show"),
        *("state_changes", "stores", "sweep_config", "sweep_control", "whereabouts"),
    },
    "stand_in": {"public_api", "sdk", "sweepcli"},
    "sweepcli": {"api", "function_agent", "public_api", "public_names", "sdk"},
    "__main__": {"cli"},
}

# Packages and modules of others, and the only parts or files that may load them.
ONLY_IN = {
    "scipy": set(),
    "psycopg": {"stores/database_url.py", "stores/postgres.py"},
    "numpy": {"search/numeric.py", "sdk/media.py", "sdk/table.py"},
    "optuna": {"search/optuna_study.py", "exports/optuna_file.py"},
    "pyarrow": {"exports/parquet.py"},
    "sqlalchemy": {"exports/optuna_file.py"},
    "ax": {"search/ax_client.py"},
    "ray": {"engines/ray_cluster.py"},
    "rich": {
        *("board", "show/colours.py", "show/live_screen.py"),
    },
    "yaml": {"sweep_config", "sdk/sources.py"},
    "jsonschema": {"sweep_config"},
    "click": {"cli", "__main__"},
    "sqlite3": {"stores"},
    "starlette": {"dashboard"},
    "uvicorn": {"dashboard"},
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


def imports(file: Path) -> list[Import]:
    """Return every import of a file, wherever it stands."""
    return list(_imports(ast.parse(file.read_text("utf-8")), types=False, lazy=False))


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


def name(file: Path) -> str:
    return str(file.relative_to(ROOT))


every_file = pytest.mark.parametrize("file", FILES, ids=name)


@every_file
def test_a_part_imports_only_what_it_may(file: Path) -> None:
    here = part(file)
    everything = {part(other) for other in FILES}
    allowed = everything - {"sdk"} if here == "cli" else MAY_IMPORT[here]

    wrong = [
        f"{name(file)}:{found.line}: {here} must not import {found.module}"
        for found in imports(file)
        if (to := target(found)) and to not in {*allowed, here, "errors"}
    ]

    assert wrong == []


@every_file
def test_heavy_packages_are_loaded_only_where_they_may(file: Path) -> None:
    wrong = [
        f"{name(file)}:{found.line}: {found.module}"
        for found in imports(file)
        if not found.is_for_types
        and (where := ONLY_IN.get(found.module.partition(".")[0])) is not None
        and where.isdisjoint({part(file), name(file)})
    ]

    assert wrong == []


@pytest.mark.parametrize(
    "file",
    [
        f
        for f in FILES
        if part(f) in {"sdk", "env", "wire", "errors", "ids", "messages", "sweepcli"}
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

    assert len(text.splitlines()) <= MOST_LINES
    assert ast.get_docstring(ast.parse(text)), "a module begins with a docstring"


@every_file
def test_a_function_is_short(file: Path) -> None:
    long = [
        f"{name(file)}:{node.lineno}: {node.name} has {lines} lines"
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
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


def test_every_part_has_its_rule() -> None:
    parts = {part(file) for file in FILES}

    assert parts - set(MAY_IMPORT) == {"cli"}
    assert set(MAY_IMPORT) - parts == set()


def test_no_module_is_called_what_a_script_reads() -> None:
    names = {file.stem for file in ROOT.glob("*.py")} | {part(file) for file in FILES}

    assert names.isdisjoint(sweepcli.__all__)
