"""Agents on a Ray cluster of this machine: a node dies, Ctrl-C, the launch itself dies.

A program for a network namespace and a process namespace of its own, with Ray's own Python:
`FOLDER`. It prints what it saw as one JSON object; the rest is in the store.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ray.cluster_utils import Cluster

from support import a_sweep, grid, shell, until
from sweepcli import env
from sweepcli.records import JSON
from sweepcli.stores import Store, open_store

LAUNCH = Path(__file__).with_name("launch_on_ray.py")
TOP = str(LAUNCH.parents[2])  # where Ray is installed, too: any name may be part of its path
SECRET = "hunter2"  # noqa: S105 -- in the name of the database, and to be seen nowhere
NODE = {"num_cpus": 2, "num_gpus": 2, "resources": {"slot": 2}, "object_store_memory": 80_000_000}
HEAD = {
    "num_cpus": 0,
    "include_dashboard": False,
    "object_store_memory": 80_000_000,
    # How soon the head finds a node dead; else a quarter of a minute.
    "_system_config": {"health_check_period_ms": 500, "health_check_failure_threshold": 4},
}
# Prints its node and GPU; all but four wait until `go` is there.
SHORT = """echo "$RAY_RAYLET_PID $CUDA_VISIBLE_DEVICES"
[ "$SWEEPCLI_PARAM_x" -le 4 ] || until [ -e go ]; do sleep 0.1; done
exec sleep 0.2"""
LONG = "trap 'sleep 1; echo saved; exit' TERM; echo begun; sleep 1000 & wait"


class Place:
    """A cluster with a head without room, and two nodes with room for two agents each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._cluster = Cluster(initialize_head=True, head_node_args=HEAD)
        self._nodes = [self._cluster.add_node(**NODE) for _ in range(2)]
        self._store = open_store(str(folder / SECRET))
        self.environment = {
            **os.environ,
            env.DIR: str(folder / "sweep-results"),
            env.STORE: str(folder / SECRET),
        }

    @property
    def store(self) -> Store:
        return self._store

    def sweep(self, sweep_id: str, cells: int, script: str) -> None:
        """Create a sweep of a script of the shell."""
        self._store.add_sweep(a_sweep(grid(cells, shell(script)), sweep_id))

    def words(self, sweep_id: str, agents: int) -> list[str]:
        """Return the command line of a launch."""
        return [sys.executable, str(LAUNCH), self._cluster.address, sweep_id, str(agents)]

    @contextmanager
    def launch(self, sweep_id: str, agents: int) -> Iterator[subprocess.Popen[bytes]]:
        """Launch agents, and let each of them begin a run."""
        with open(self._folder / f"{sweep_id}.log", "ab") as log:
            process = subprocess.Popen(
                self.words(sweep_id, agents),
                env=self.environment,
                stdout=log,
                stderr=log,
                cwd=self._folder,
            )
        with process:
            try:
                until(lambda: len(self.begun(sweep_id)) >= agents or process.poll() is not None)
                yield process
            finally:
                process.kill()

    def begun(self, sweep_id: str) -> list[str]:
        """Return what runs have printed that have printed something."""
        outputs = self._folder.glob(f"sweep-results/*/*/{sweep_id}/runs/*/*/output.log")
        return [text for path in outputs if (text := path.read_text("utf-8"))]

    def log(self, sweep_id: str) -> str:
        """Return what the launch has told."""
        return (self._folder / f"{sweep_id}.log").read_text("utf-8")

    def lose_a_node(self) -> None:
        """Let a node die without a word, and another one join.

        The last one: older versions of Ray attach the launch to any that has its address.
        """
        self._cluster.remove_node(self._nodes[-1], allow_graceful=False)
        self._cluster.add_node(**NODE)


def from_elsewhere(place: Place) -> str:
    """Return what is told to a launch from a machine without a node of the cluster."""
    hide = ["unshare", "--pid", "--fork", "--mount-proc", "sh", "-c"]
    script = 'mount -t tmpfs none "$RAY_TMPDIR" && exec "$@"'
    done = subprocess.run(
        [*hide, script, "sh", *place.words("lost-node", 1)],
        capture_output=True,
        check=False,
        env=place.environment,
        text=True,
    )
    return f"{done.returncode}: {done.stderr}"


def left() -> list[str]:
    """Return the command lines of all processes of agents and runs that live."""
    lines = [_command_line(int(name)) for name in os.listdir("/proc") if name.isdigit()]
    return [line for line in lines if "sweepcli" in line or "sleep" in line]


def shown() -> list[str]:
    """Return where the secret can be read: command lines and Ray's own files."""
    lines = [_command_line(int(name)) for name in os.listdir("/proc") if name.isdigit()]
    files = [path for path in Path(os.environ["RAY_TMPDIR"]).rglob("*") if path.is_file()]
    found = [str(path) for path in files if SECRET.encode() in path.read_bytes()]
    return found + [line for line in lines if SECRET in line]


def _command_line(pid: int) -> str:
    """Return how a process was started, without the path to us; nothing for one that has ended."""
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        return line.replace(TOP, "")
    except OSError:
        return ""


def main(folder: Path) -> dict[str, JSON]:
    """Go through all of it."""
    place = Place(folder)
    seen: dict[str, JSON] = {}

    place.sweep("lost-node", 24, SHORT)
    with place.launch("lost-node", 4) as launch:
        until(lambda: len(place.begun("lost-node")) == 8)
        seen["shown"] = shown()
        place.lose_a_node()
        until(lambda: len(place.begun("lost-node")) == 10)  # on the new node
        until(lambda: "is lost" in place.log("lost-node"))
        (folder / "go").touch()
        seen["lost node"] = launch.wait()
        seen["left by lost node"] = left()

    place.sweep("interrupted", 4, LONG)
    with place.launch("interrupted", 2) as launch:
        launch.send_signal(signal.SIGINT)
        seen["interrupted"] = launch.wait()
        seen["left by interrupted"] = left()

    place.sweep("killed", 4, LONG)
    with place.launch("killed", 2) as launch:
        launch.kill()
        launch.wait()
    until(lambda: not left())

    seen["from elsewhere"] = from_elsewhere(place)
    return seen


if __name__ == "__main__":
    report = main(Path(sys.argv[1]))
    print(json.dumps(report))  # noqa: T201 -- the answer
    sys.stdout.flush()
    os._exit(0)  # the namespace ends with this process, and all of the cluster with it
