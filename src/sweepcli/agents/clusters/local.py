"""Agents as processes of this machine, to try what they would do on a cluster."""

from __future__ import annotations

import math
import os
import signal
import subprocess
from typing import TYPE_CHECKING

from sweepcli.agents.clusters.order import agent_program
from sweepcli.agents.options import Option
from sweepcli.agents.wakeup import Wakeup
from sweepcli.errors import LaunchError, UsageError
from sweepcli.messages import say, warn
from sweepcli.runs import gpus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sweepcli.agents.clusters.order import Order

# Exit codes of agents from the best to the worst; what is not here is worse than all of them.
BY_WORTH = (0, 75, 130, 3)
OPTIONS = dict[str, Option]()


def run(order: Order) -> int:
    """Start agents, wait for them, and return the worst of their exit codes.

    Signals are passed on to them. Each is in a process group of its own, so that the Ctrl-C of a
    terminal reaches it once: from here.
    """
    if order.cpus:
        warn("--cpus has no effect on this machine: the agents share its CPUs")
    with Wakeup() as wakeup:
        agents = _started(order)
        say(f"started {len(agents)} agent{'s' * (len(agents) > 1)} on this machine")
        while at_work := [agent for agent in agents if agent.poll() is None]:
            wakeup.wait(math.inf)
            for number in wakeup.take_signals():
                for agent in at_work:
                    agent.send_signal(number)
    return max((_exit_code(agent) for agent in agents), key=_badness)


def _started(order: Order) -> list[subprocess.Popen[bytes]]:
    argv = [*agent_program(), *order.words]
    agents = list[subprocess.Popen[bytes]]()
    for share in _shares(order):
        environ = {**os.environ, **order.environment, **share}
        try:
            agents.append(subprocess.Popen(argv, env=environ, process_group=0))
        except OSError as error:
            for agent in agents:
                agent.terminate()
            for agent in agents:
                agent.wait()
            raise LaunchError(f"cannot start {argv[0]}: {error.strerror}") from error
    return agents


def _shares(order: Order) -> list[Mapping[str, str]]:
    """Return the variables that name the GPUs of each agent; none of them has another's."""
    count = order.gpus
    if not count:
        return [{}] * order.agents
    found = gpus.chosen("all", os.environ)
    if len(found.devices) < order.agents * count:
        raise UsageError(
            f"{order.agents} agents with {count} GPUs each need {order.agents * count}; "
            f"this machine has {len(found.devices)}: {', '.join(found.devices)}"
        )
    parts = [found.devices[at * count : (at + 1) * count] for at in range(order.agents)]
    return [dict.fromkeys(found.variables, ",".join(part)) for part in parts]


def _exit_code(agent: subprocess.Popen[bytes]) -> int:
    """Return an agent's exit code as a shell has it; warn if a signal ended it."""
    code = agent.wait()
    if code >= 0:
        return code
    warn(f"the agent with process id {agent.pid} was ended by {signal.Signals(-code).name}")
    return 128 - code


def _badness(code: int) -> int:
    return BY_WORTH.index(code) if code in BY_WORTH else len(BY_WORTH)
