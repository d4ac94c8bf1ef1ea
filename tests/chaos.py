"""Agents and runs killed at random until two sweeps are done; then everything is checked.

Run as a script (`make chaos`) it plays the whole of it and prints its figures. What is killed is
drawn from a seed; when, depends on the machine.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path

from postgres_server import Server, running
from support import a_sweep, grid, shell
from sweepcli import env
from sweepcli.records import JSON, RunState, SweepState
from sweepcli.stores import open_store

AGENT = os.path.join(os.path.dirname(sys.executable), "agent")
LONGEST_S = 300.0
WARDEN = b"sweepcli.agents.warden"
MARK = "CHAOS_RESULTS"  # in the environment of our agents, of their wardens and of their runs
# Logs, leaves a child in its group, and takes some time.
PROGRAM = """sleep 1000 & for i in 1 2 3 4 5; do
echo "{\\"loss\\": $SWEEPCLI_PARAM_x, \\"i\\": $i}" >> $SWEEPCLI_EVENTS; sleep 0.0$i; done
echo $SWEEPCLI_RUN_ID >> $SWEEPCLI_DIR/reached-the-end"""
WEIGHTS = {"agent": 6, "run": 3, "warden": 1}
SERVER_EVERY = 10  # so many kills, where there is a server, it is its turn


@dataclass
class Figures:
    """What happened, and what is wrong."""

    seconds: float = 0.0
    cells: int = 0
    attempts: int = 0
    lines: int = 0
    ended_unseen: int = 0  # programs that reached their end, and had to be run again
    kills: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def text(self) -> str:
        """Return the figures for people."""
        kills = ", ".join(f"{count} {kind}s" for kind, count in sorted(self.kills.items()))
        return "\n".join(
            [
                f"{self.cells} configurations in {self.seconds:.0f} s, {self.attempts} attempts",
                f"{self.kills.total()} processes killed -9: {kills}",
                f"{self.lines} logged lines, all in the store",
                f"{self.ended_unseen} programs ended while their agent was dead, and ran again",
                *(f"FAULT: {fault}" for fault in self.faults or ["none"]),
            ]
        )


class Chaos:
    """Two sweeps, agents that work on them, and what kills both."""

    def __init__(
        self,
        folder: Path,
        *,
        seed: int,
        agents: int,
        cells: int,
        kills: int,
        server: Server | None = None,
    ) -> None:
        self.results = str(folder / "results")
        os.makedirs(self.results)
        self._server = server
        self._database = server.new_database() if server else self.results
        self.random = random.Random(seed)
        self.figures = Figures(cells=cells + cells // 3)
        self.store = open_store(self._database)
        self._wanted_kills = kills
        self._agents: list[subprocess.Popen[bytes] | None] = [None] * agents
        self._log = (folder / "agents.log").open("ab")
        many: dict[str, JSON] = {"max_retries": 50, "metric": {"name": "loss"}}
        config = grid(cells, shell(PROGRAM), **many)
        drawn = {**config, "method": "random", "seed": seed, "run_cap": cells // 3}
        self.store.add_sweep(a_sweep(config, "grid"))
        self.store.add_sweep(a_sweep(drawn, "random"))

    def play(self) -> Figures:
        """Kill until enough are killed and both sweeps are done; check what is left."""
        begin = time.monotonic()
        try:
            while not self._is_done():
                if time.monotonic() - begin > LONGEST_S:
                    self.figures.faults.append(f"not done in {LONGEST_S:.0f} s")
                    break
                self._start_agents()
                self._kill_if_due()
                time.sleep(0.02)  # the pace of the killing; nothing is waited for
            self._wait_for_agents()
        finally:
            for agent in self._agents:
                if agent is not None:
                    agent.kill()
            self._log.close()
        self.figures.seconds = time.monotonic() - begin
        self._check()
        self.store.close()
        return self.figures

    def _is_done(self) -> bool:
        states = {self.store.sweep(sweep_id).state for sweep_id in ("grid", "random")}
        return states == {SweepState.FINISHED}

    def _start_agents(self) -> None:
        for place, agent in enumerate(self._agents):
            if agent is None or agent.poll() is not None:
                slots = ["-j", "2"] if place % 4 == 0 else []
                self._agents[place] = subprocess.Popen(
                    [AGENT, "--quiet", *slots, "--dir", self.results, "grid", "random"],
                    env={
                        **os.environ,
                        MARK: self.results,
                        env.STORE: self._database,
                        env.HEARTBEAT: "0.5",
                    },
                    stdout=subprocess.DEVNULL,
                    stderr=self._log,
                )

    def _kill_if_due(self) -> None:
        """Kill in step with what is finished, so that the last kill comes before the end."""
        finished = sum(
            self.store.counts(sweep_id).get(RunState.FINISHED, 0) for sweep_id in ("grid", "random")
        )
        due = self._wanted_kills * finished / (self.figures.cells * 0.9)
        count = self.figures.kills.total()
        if count < due and self._server and count % SERVER_EVERY == SERVER_EVERY - 1:
            self._server.kill()
            self._server.start()
            self.figures.kills["server"] += 1
        elif count < due:
            kind = self.random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
            if victims := self._victims(kind):
                with suppress(ProcessLookupError):
                    os.kill(self.random.choice(victims), signal.SIGKILL)
                    self.figures.kills[kind] += 1

    def _victims(self, kind: str) -> list[int]:
        if kind == "agent":
            return [agent.pid for agent in self._agents if agent and agent.poll() is None]
        found = processes_of(self.results)
        if kind == "run":
            return [pid for pid, (_, variables) in found.items() if env.RUN_ID in variables]
        return [pid for pid, (command, _) in found.items() if WARDEN in command]

    def _wait_for_agents(self) -> None:
        for agent in self._agents:
            if agent is not None:
                code = agent.wait(LONGEST_S)
                if code not in (0, -signal.SIGKILL):
                    self.figures.faults.append(f"an agent ended with {code}")

    def _check(self) -> None:
        faults = self.figures.faults
        for sweep_id, cells in (("grid", self.figures.cells * 3 // 4), ("random", None)):
            runs = self.store.runs(sweep_id)
            expected = cells or self.figures.cells - self.figures.cells * 3 // 4
            if len(runs) != expected or {run.state for run in runs} != {RunState.FINISHED}:
                faults.append(f"{sweep_id}: {len(runs)} runs, {self.store.counts(sweep_id)}")
            if len({str(run.params) for run in runs}) != len(runs):
                faults.append(f"{sweep_id}: some params were run twice")
            for run in runs:
                faults += self._faults_of(run.id, sweep_id)
        reached = Counter(Path(self.results, "reached-the-end").read_text().split())
        self.figures.ended_unseen = reached.total() - len(reached)
        deadline = time.monotonic() + 10.0
        while (left := processes_of(self.results)) and time.monotonic() < deadline:
            time.sleep(0.05)
        faults += [f"process {pid} is left: {command!r}" for pid, (command, _) in left.items()]
        if self._server is None:
            faults += integrity(self.results)

    def _faults_of(self, run_id: str, sweep_id: str) -> list[str]:
        attempts = self.store.attempts(run_id)
        self.figures.attempts += len(attempts)
        finished = [each.attempt for each in attempts if each.state is RunState.FINISHED]
        faults = [] if finished == [len(attempts)] else [f"run {run_id} finished in {finished}"]
        for each in attempts:
            folder = Path(self.results, "someone", "things", sweep_id, "runs", run_id)
            events = folder / str(each.attempt) / "events.jsonl"
            logged = events.read_bytes().count(b"\n") if events.exists() else 0
            kept = len(self.store.history(run_id, each.attempt))
            self.figures.lines += logged
            if logged != kept:
                faults.append(f"run {run_id} attempt {each.attempt}: {kept} of {logged} lines")
        return faults


def processes_of(results: str) -> dict[int, tuple[bytes, set[str]]]:
    """Return the processes that our agents of a results directory have started.

    Each with its command line and the names of its environment's variables. Other people may have
    agents on the machine, with wardens and runs of their own.
    """
    found = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with suppress(OSError):
            command = Path("/proc", name, "cmdline").read_bytes()
            variables = Path("/proc", name, "environ").read_bytes().split(b"\0")
            is_ours = f"{MARK}={results}".encode() in variables
            is_run = f"{env.DIR}={results}".encode() in variables
            if command and is_ours and (is_run or WARDEN in command):
                names = {variable.partition(b"=")[0].decode() for variable in variables}
                found[int(name)] = command, names
    return found


def integrity(results: str) -> list[str]:
    """Return what SQLite finds wrong with a database."""
    with closing(sqlite3.connect(f"{results}/sweeps.db")) as connection:
        found = connection.execute("PRAGMA integrity_check").fetchall()
        found += connection.execute("PRAGMA foreign_key_check").fetchall()
    return [f"integrity: {row}" for row in found if row != ("ok",)]


def main() -> int:
    """Play it as the command line says; return 1 if anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--agents", type=int, default=16)
    parser.add_argument("--cells", type=int, default=300)
    parser.add_argument("--kills", type=int, default=120)
    parser.add_argument("--postgres", action="store_true", help="on a server, killed as well")
    options = vars(parser.parse_args())
    on_server = running() if options.pop("postgres") else nullcontext()
    with tempfile.TemporaryDirectory() as folder, on_server as server:
        figures = Chaos(Path(folder), **options, server=server).play()
        said = f"seed {options['seed']}, {options['agents']} agents\n{figures.text()}\n"
        if figures.faults:
            said += Path(folder, "agents.log").read_text(errors="replace")[-5000:]
        sys.stdout.write(said)
    return 1 if figures.faults else 0


if __name__ == "__main__":
    sys.exit(main())
