from __future__ import annotations

import json
import subprocess
import sys

import pytest

from command_lines import Call

HEAVY = {
    *("asyncio", "dataclasses", "importlib.metadata", "jsonschema", "logging", "pathlib"),
    *("psutil", "rich", "shlex", "shutil", "sqlite3", "string", "subprocess", "tempfile"),
    *("threading", "yaml"),
}
# A running agent needs its store.
NEEDED = {"shlex", "sqlite3"}
# Of ours, what is loaded where it is used: not for the plain call, which names a whole id.
SELDOM = {
    *("sweepcli.about", "sweepcli.cli.new_sweeps", "sweepcli.cli.table", "sweepcli.cli.words"),
    "sweepcli.search.importance",
    *("sweepcli.stores.naming", "sweepcli.sweep_config.hydra_grammar", "sweepcli.sweeps.naming"),
    *("sweepcli.sweep_config.one_line", "sweepcli.sweeps.references", "sweepcli.sweeps.removal"),
}
# Agents read what runs log; who creates a sweep runs nothing.
OF_AGENTS = {"psutil", "rich", "subprocess", "sweepcli.agents", "sweepcli.runs.attempt"}
MOST = {"agent": 114, "sweep": 98}  # modules of ours; think twice before you load another one

PROGRAM = """\
import sys
import {beyond}
before = set(sys.modules)
from {module} import main
main()
import json
print(json.dumps(sorted(set(sys.modules) - before)), file=sys.stderr)
"""


def loaded_by(module: str, *args: str, beyond: str = "click") -> set[str]:
    """Return the modules that a command loads beyond those of another."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(module=module, beyond=beyond), *args],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


def of_ours(modules: set[str]) -> list[str]:
    return [name for name in modules if name.partition(".")[0] == "sweepcli"]


@pytest.mark.parametrize(
    "module", ["sweepcli.cli.sweep", "sweepcli.cli.quick", "sweepcli.__main__"]
)
def test_help_loads_nothing_of_weight(module: str) -> None:
    assert loaded_by(module, "--help") & HEAVY == set()


def test_running_agent_loads_nothing_that_it_does_not_need_nor_click(path: str) -> None:
    done_well = ("--count", "2", path)  # after the third run, which fails, leftovers are looked for
    found = loaded_by("sweepcli.cli.quick", *done_well, beyond="sys")
    assert found & ({"click", *HEAVY, *SELDOM} - NEEDED) == set()
    assert len(of_ours(found)) <= MOST["agent"]


@pytest.mark.usefixtures("folder")
def test_creating_a_sweep_loads_nothing_that_runs_it() -> None:
    found = loaded_by("sweepcli.cli.sweep", "sweep.yaml")
    assert found & OF_AGENTS == set()
    assert len(of_ours(found)) <= MOST["sweep"]


def test_help_of_every_command_ends_with_an_example(call: Call) -> None:
    for verb in ("", "create", "check", "ls", "show", "runs", "best", "logs", "where"):
        assert "\n  Example:\n    " in call(f"sweep {verb} --help").out[-250:]
    assert "\n  Example:\n    agent" in call("agent --help").out[-150:]
    assert "\n  Example:\n    sweepcli" in call("sweepcli --help").out[-150:]


def test_help_shows_the_options_of_creating(call: Call) -> None:
    assert "-p, --project NAME" in call("sweep --help").out
