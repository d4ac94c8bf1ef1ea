"""What `${envvar:NAME}` stands for is given to runs alone: it is neither shown nor kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from command_lines import Call

HIDDEN = "sk-7f3a-never-shown"
LOGS = r"""echo "{\"loss\": ${x}}" >> $SWEEPCLI_EVENTS; test "$1" = "$KEY" && test ${x} != 2"""
# Runs that finish and fail, and some that cannot be started.
COMMANDS = {
    "an argument": ["/bin/sh", "-c", LOGS, "sh", "${envvar:KEY}"],
    "the program": ["${envvar:KEY}/train", "--x=${x}"],
    "a file": ["./${envvar:KEY}.bin", "--x=${x}"],
    "an argument that is too long": ["/bin/echo", "${envvar:KEY}", "${long}"],
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_secret_of_the_environment_is_neither_shown_nor_kept(
    command: list[str], call: Call, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEY", HIDDEN)
    (folder / f"{HIDDEN}.bin").write_text("#!/bin/sh\n")  # no code, and may not be executed
    long = {"long": {"value": "a" * 200_000}} if "${long}" in command else {}
    parameters = {"x": {"values": [1, 2]}, **long}
    config = json.dumps({"method": "grid", "command": command, "parameters": parameters})

    said = [call("sweep check own.yaml", config), call("sweep check own.yaml --json", config)]
    said.append(call("sweep own.yaml", config))
    path = said[-1].out.strip()
    call(f"agent --next {path}")  # its answer is for a launcher, which needs the secret
    said.append(call(f"agent -v --wandb off {path}"))
    run_ids = [run["id"] for run in call(f"sweep runs {path} --all --json").json]
    lines = ["ls", f"show {path}", f"runs {path} --all", f"export {path} --format html -o page"]
    lines += [f"{word} {run_id}" for run_id in run_ids for word in ("show", "logs")]
    said += [call(f"sweep {line}") for line in lines]

    assert run_ids
    assert [answer for answer in said if HIDDEN in answer.out + answer.err] == []
    assert kept_in(folder) == []


def kept_in(folder: Path) -> list[Path]:
    """Return the files that hold the secret."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.name == "sweeps.db" for path in files)
    return [path for path in files if HIDDEN.encode() in path.read_bytes()]
