"""What `Api()` says of a run's code and machine is what W&B's own package keeps of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import channels
import pytest

import filled_store
import sweepcli
from support import place
from sweepcli.code import look
from sweepcli.code.place import place_of
from sweepcli.records import JSON

REMOTE = "https://example.com/me/repo.git"
TRAIN = """
import wandb
with wandb.init() as run:
    run.log({"loss": 1})
"""
# W&B keeps records in blocks as LevelDB does: a checksum, a length and a kind before each part.
READS = """
import json, struct, sys
from google.protobuf.json_format import MessageToDict
from wandb.proto.wandb_internal_pb2 import Record
data, at, message = open(sys.argv[1], "rb").read(), 7, b""
while at + 7 <= len(data):
    if at % 32768 > 32768 - 7:
        at += 32768 - at % 32768
        continue
    _, size, kind = struct.unpack("<IHB", data[at:at + 7])
    message += data[at + 7:at + 7 + size]
    at += 7 + size
    if kind in (1, 4):
        record, message = Record.FromString(message), b""
        if record.environment.program:
            print(json.dumps(MessageToDict(record.environment)))
"""
SAME = ("python", "args", "program", "codePath", "codePathLocal", "git", "host", "executable")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a folder of a repository with a program in it, which was changed since its commit."""
    folder = tmp_path / "exp"
    folder.mkdir()
    (folder / "train.py").write_text(TRAIN)
    git = ["git", "-C", str(tmp_path), "-c", "user.name=n", "-c", "user.email=e"]
    for words in (["init", "-q"], ["remote", "add", "origin", REMOTE], ["add", "exp"]):
        subprocess.run([*git, *words], check=True)
    subprocess.run([*git, "commit", "-qm", "first"], check=True)
    with (folder / "train.py").open("a") as file:
        file.write("# changed\n")
    return folder


def test_metadata_is_what_the_package_keeps(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = channels.package(channels.LATEST)
    monkeypatch.setenv("PYTHONPATH", str(package))
    monkeypatch.delenv("WANDB_MODE", raising=False)
    monkeypatch.chdir(repository)
    command = [sys.executable, "train.py", "--epochs", "3", "${args}"]
    config: dict[str, JSON] = {
        "method": "grid",
        "program": "train.py",
        "command": command,
        "code": "off",
        "parameters": {"x": {"values": [1]}},
        "metric": {"name": "loss"},
    }
    with place(repository, config) as here:
        here.run()
        sweep = here.store.sweep("s1")
    where = place_of(
        sweep.config, results=here.results, cwd=str(repository), interpreter=sys.executable
    )
    seen = look.answer(where, None)
    known = {"code": seen["code"], "environment": seen["environment"]}
    filled_store.change_runs(here.results, "attempt > 0", **known)

    [run] = sweepcli.Api().sweep("s1").runs
    [log] = Path(run.dir).glob("wandb/offline-run-*/*.wandb")
    read = [sys.executable, "-c", READS, str(log)]
    kept = json.loads(subprocess.run(read, check=True, capture_output=True).stdout)
    found = run.metadata or {}
    assert {name: found.get(name) for name in SAME} == {name: kept.get(name) for name in SAME}
    assert {*found} <= {*kept}
    assert run.commit == kept["git"]["commit"]
    with run.file("diff.patch").download() as patch:
        assert "+# changed" in patch.read()
