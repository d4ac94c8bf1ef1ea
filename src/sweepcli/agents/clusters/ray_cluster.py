"""Agents as tasks of a Ray cluster that a user has started. See `docs/launching.md`."""

from __future__ import annotations

import glob
import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

from sweepcli.agents import options
from sweepcli.agents.clusters import ray_task
from sweepcli.agents.report import ERROR, GAVE_UP
from sweepcli.agents.shutdown import PREEMPTED, PREEMPTING
from sweepcli.agents.wakeup import Wakeup
from sweepcli.errors import LaunchError, NotSupported, SweepError, UsageError
from sweepcli.messages import say, warn

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from types import ModuleType

    from sweepcli.agents.clusters.order import Order

ADDRESS = re.compile(r"auto|(ray://)?(\[[^\]]+\]|[^:/\[\]]+):(\d{1,5})")
FORMS = "auto, HOST:6379, or ray://HOST:10001 from a machine outside the cluster"
ELSEWHERE = (
    "HOST:PORT works only on the cluster's own nodes; on other machines, use ray://HOST:10001 or "
    "`ray job submit`"
)
PROBE = "import sys, ray; ray.init(sys.argv[1])"
REACH_S = 5.0  # for a connection to be made
PROBE_S = 20.0  # for Ray to begin on a node
ATTACH_S = 30.0  # for Ray to answer; without it, Ray itself tries for minutes
POLL_S = 0.5  # between two looks at the tasks
NODES_S = 2.0  # between two looks at the nodes
MEANINGS = {
    0: "is done",
    GAVE_UP: "gave up: its runs keep failing, or log no metric",
    PREEMPTED: "was asked to end, and gave its runs back",
}


def _resources(texts: Sequence[str]) -> dict[str, float]:
    """Read amounts by name: NAME=AMOUNT, or a JSON object of them."""
    found = dict[str, float]()
    for text in texts:
        try:
            given = json.loads(text) if text.startswith("{") else dict([text.rsplit("=", 1)])
            amounts = {name: float(amount) for name, amount in given.items()}
        except (ValueError, TypeError):
            amounts = {"": 0.0}
        if not all(amounts):
            raise ValueError(f'{text!r}: write NAME=AMOUNT, or JSON: {{"NAME": AMOUNT}}.')
        found |= amounts
    return found


OPTIONS = {
    "address": options.Option(
        "--address", "Ray: that of a running cluster; none is ever started.", "ADDRESS", str
    ),
    "resources": options.Option(
        "--resources",
        "Ray: what else each agent needs; also as JSON.",
        "NAME=AMOUNT",
        _resources,
        is_multiple=True,
    ),
    "retries": options.number(
        "--retries", "Ray: how often a lost agent is started again. Default: 3.", least=0, default=3
    ),
}


def run(order: Order, *, address: str | None, resources: Mapping[str, float], retries: int) -> int:
    """Start agents on a cluster, wait for them, and return an exit code.

    0 if all ended with 0; 1 if one was lost or ended with an error, else 3 if one gave up, else
    75 if one was asked to end; 130 after Ctrl-C, 75 after SIGTERM. Raises UsageError, NotSupported
    or LaunchError where there is no cluster to start them on.
    """
    if address is None:
        raise UsageError("--on ray needs --address: that of a running cluster")
    if address == "auto":
        address = os.environ.get("RAY_ADDRESS") or address  # as Ray does
    found = _parsed(address)
    if found:
        _reach(*found, address)
    ray = _library()
    if found and not address.startswith("ray://"):
        _expect_node(address)
    _attach(ray, address)
    try:
        with Wakeup() as wakeup:
            agents = _Agents(ray, order, resources, retries)
            return agents.wait(wakeup)
    finally:
        ray.shutdown()


def exit_code(codes: Collection[int]) -> int:
    """Return the exit code for agents that ended with these."""
    bad = set(codes) - {0}
    return ERROR if bad - {GAVE_UP, PREEMPTED} else min(bad, default=0)


# To the cluster


def _parsed(address: str) -> tuple[str, int] | None:
    """Return the host and the port of an address; None for `auto`."""
    match = ADDRESS.fullmatch(address)
    # `local`, and no address at all, would start a cluster.
    if match is None or int(match[3] or 0) > 65535:
        raise UsageError(f"--address {address!r} is not a Ray cluster; write {FORMS}")
    return (match[2].strip("[]"), int(match[3])) if match[3] else None


def _library() -> ModuleType:
    # Lines of several runs that look alike are no repetitions. Read when Ray is imported.
    os.environ.setdefault("RAY_DEDUP_LOGS", "0")
    try:
        import ray  # noqa: PLC0415 -- an extra, and seconds to import
    except ImportError as error:
        raise NotSupported(
            f"--on ray: Ray cannot be loaded ({error}); pip install 'sweepcli[ray]' in the version "
            "that the cluster has"
        ) from error
    module: ModuleType = ray
    return module


def _reach(host: str, port: int, address: str) -> None:
    """Find out quickly whether a cluster answers."""
    try:
        socket.create_connection((host, port), REACH_S).close()
    except OSError as error:
        raise LaunchError(
            f"no Ray cluster can be reached at {address}: {error.strerror or error}. "
            f"Is it up (`ray status` on its head), and is the address {FORMS}?"
        ) from error


def _expect_node(address: str) -> None:
    """Find out whether this machine is one of the cluster's; where it is not, Ray aborts."""
    if any(map(_is_raylet, glob.glob("/proc/[0-9]*/cmdline"))):
        return
    try:  # not seen: it may still be there, as in a container beside this one
        subprocess.run(
            [sys.executable, "-c", PROBE, address],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=PROBE_S,
        )
    except subprocess.SubprocessError as error:
        raise LaunchError(
            f"this machine is not a node of a Ray cluster at {address}, or the cluster does not "
            f"answer: {ELSEWHERE}"
        ) from error


def _is_raylet(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return file.read().partition(b"\0")[0].endswith(b"/raylet")
    except OSError:
        return False


def _attach(ray: ModuleType, address: str) -> None:
    """Connect to the cluster, in a thread: Ctrl-C must be heard, and it may never answer."""
    failures = list[Exception]()

    def attach() -> None:
        try:
            ray.init(address, log_to_driver=True, logging_level=logging.ERROR)
        except Exception as error:  # noqa: BLE001 -- of whatever kind, it is raised below
            failures.append(error)

    thread = threading.Thread(target=attach, daemon=True)
    thread.start()
    thread.join(ATTACH_S)
    if thread.is_alive():
        raise LaunchError(f"{address} gave no answer in {ATTACH_S:g} s: {ELSEWHERE}")
    if failures:
        raise LaunchError(f"cannot attach to the Ray cluster {address}: {_first(failures[0])}")


# The agents


class _Agents:
    """Agents that were started as tasks, and how those ended that did."""

    def __init__(
        self, ray: ModuleType, order: Order, resources: Mapping[str, float], retries: int
    ) -> None:
        self._ray = ray
        self._retries = retries
        self._signal = 0  # the first one that told us to end
        self._codes = set[int]()
        cpus, gpus = 1 if order.cpus is None else order.cpus, order.gpus or 0
        self._tell_room({"CPU": cpus, "GPU": gpus, **resources})
        self._nodes, self._next_look = _living(ray), time.monotonic() + NODES_S
        task = ray.remote(
            num_cpus=cpus, num_gpus=gpus, resources=dict(resources), max_retries=retries
        )(ray_task.run_agent)
        self._pending = {
            task.options(name=f"agent {number}").remote(
                order.words, order.environment, os.getcwd()
            ): number
            for number in range(1, order.agents + 1)
        }

    def wait(self, wakeup: Wakeup) -> int:
        """Return the exit code once all have ended, or a second signal came."""
        while self._pending:
            tasks = list(self._pending)
            for task in self._ray.wait(tasks, num_returns=len(tasks), timeout=0)[0]:
                self._tell_end(task, self._pending.pop(task))
            self._look_at_nodes()
            if self._pending:
                wakeup.wait(POLL_S)
            for number in wakeup.take_signals():
                if self._signal:
                    say("Leaving. The cluster ends the remaining agents.")
                    return self._signal_code()
                self._cancel(number)
        return self._signal_code() if self._signal else exit_code(self._codes)

    def _cancel(self, number: int) -> None:
        self._signal = number
        say(
            f"{signal.Signals(number).name} received: the agents will give their runs back. "
            "Send it again to leave without waiting for them."
        )
        for task in self._pending:
            self._ray.cancel(task)

    def _signal_code(self) -> int:
        return PREEMPTED if self._signal in PREEMPTING else 128 + self._signal

    def _tell_end(self, task: object, number: int) -> None:
        try:
            ended = self._ray.get(task)
        except self._ray.exceptions.TaskCancelledError:
            self._codes.add(PREEMPTED)
            say(f"agent {number} {MEANINGS[PREEMPTED]}")
        except self._ray.exceptions.RayError as error:
            self._codes.add(ERROR)
            warn(f"agent {number} {_why(error, self._retries)}")
        else:
            self._codes.add(ended.exit_code)
            meaning = MEANINGS.get(ended.exit_code) or _ending(ended.exit_code)
            say(f"agent {number} on {ended.host} {meaning}")

    def _look_at_nodes(self) -> None:
        if time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + NODES_S
        before, self._nodes = self._nodes, _living(self._ray)
        then = f"started again up to {self._retries} times each" if self._retries else "lost, too"
        for node in before.keys() - self._nodes.keys():
            warn(f"node {before[node]} is lost; agents that were on it are {then}")

    def _tell_room(self, wanted: Mapping[str, float]) -> None:
        """Warn if no node could ever take an agent: Ray waits for one silently."""
        wanted = {name: amount for name, amount in wanted.items() if amount}
        nodes = [node["Resources"] for node in self._ray.nodes() if node["Alive"]]
        if not any(
            all(node.get(name, 0) >= amount for name, amount in wanted.items()) for node in nodes
        ):
            text = ", ".join(f"{name} {amount:g}" for name, amount in wanted.items())
            warn(f"no node has what each agent needs ({text}): they wait until one joins")


def _living(ray: ModuleType) -> dict[str, str]:
    """Return the living nodes: id and address."""
    return {node["NodeID"]: node["NodeManagerAddress"] for node in ray.nodes() if node["Alive"]}


def _ending(code: int) -> str:
    number = -code if code < 0 else code - 128
    if number in set(signal.Signals):
        return f"was ended by {signal.Signals(number).name}"
    return f"ended with exit code {code}; its output shows why"


def _why(error: Exception, retries: int) -> str:
    """Return why a task has no exit code."""
    cause = getattr(error, "cause", None)
    if isinstance(cause, SweepError):
        return f"was not started: {cause}"
    if re.search(r"ModuleNotFoundError|ImportError|AttributeError", str(error)):
        node = getattr(error, "ip", "") or "its node"
        return (
            f"was not started: {node} cannot load sweepcli ({_last(error)}); install this version "
            "there, in the Python that runs Ray"
        )
    return (
        f"was lost: {_first(error)}\nIts runs are given back by the next agent that looks; start "
        f"more agents, or allow more than {retries} restarts with --retries"
    )


def _first(error: Exception) -> str:
    return next(filter(None, map(str.strip, str(error).splitlines())), type(error).__name__)


def _last(error: Exception) -> str:
    return str(error).strip().rpartition("\n")[2]
