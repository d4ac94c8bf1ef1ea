"""The agents of a store: their heartbeats, and the runs that each has."""

from __future__ import annotations

from sweepcli.records import Agent, Run
from sweepcli.stores.database import Part
from sweepcli.stores.sql import AGENT_COLUMNS, RUNNING, agent_of, insert, run_of


class Agents(Part):
    """Records heartbeats, and reads which agents run which runs."""

    def add_agent(self, agent: Agent) -> None:
        """Add an agent, if it is new; it must be added before it claims."""
        with self.database.steps():
            self.database.change(f"{insert('agents', agent._fields)} ON CONFLICT DO NOTHING", agent)

    def heartbeat(self, agent_id: str, now: float) -> None:
        """Record that the agent is alive."""
        with self.database.steps():
            self.database.change("UPDATE agents SET heartbeat_at = ? WHERE id = ?", (now, agent_id))

    def end_agent(
        self, agent_id: str, now: float, exit_code: int | None = None, why: str | None = None
    ) -> None:
        """Record that the agent has ended by itself, and why."""
        with self.database.steps():
            self.database.change(
                "UPDATE agents SET ended_at = ?, ended_code = ?, ended_why = ? WHERE id = ?",
                (now, exit_code, why, agent_id),
            )

    def running(self, sweep_id: str) -> list[tuple[Run, Agent]]:
        """Return the running runs of a sweep, each with its agent."""
        width = len(Run._fields)
        return self.records(
            lambda row: (run_of(row[:width]), agent_of(row[width:])),
            self.database.rows(RUNNING, (sweep_id,)),
        )

    def agents(self, sweep_id: str) -> list[tuple[Agent, int, int]]:
        """Return the agents that have not ended, each with how many runs it has, and has had.

        Those that work on the sweep, and those that have had a run of it. A run that another agent
        has had since counts for that one alone.
        """
        found = self.database.rows(
            f"""SELECT {AGENT_COLUMNS}, COALESCE(at_work, 0), COALESCE(had, 0)
            FROM agents LEFT JOIN (
                SELECT agent_id, COUNT(*) AS had,
                    SUM(CASE WHEN state = 'running' THEN 1 ELSE 0 END) AS at_work
                FROM runs WHERE sweep_id = ? AND agent_id IS NOT NULL GROUP BY agent_id
            ) AS theirs ON theirs.agent_id = agents.id
            WHERE ended_at IS NULL AND (had > 0 OR sweeps LIKE ?)
            ORDER BY started_at, agents.id""",  # noqa: S608 -- constants
            (sweep_id, f"% {sweep_id} %"),
        )
        return self.records(lambda row: (agent_of(row[:-2]), int(row[-2]), int(row[-1])), found)

    def alive(self, sweep_id: str) -> list[Agent]:
        """Return the agents that have not said that they ended, and work on the sweep.

        Fewer than `agents` has, and found by indexes: for lists of sweeps.
        """
        found = self.database.rows(
            f"""SELECT {AGENT_COLUMNS} FROM agents WHERE ended_at IS NULL AND (sweeps LIKE ?
            OR id IN (SELECT agent_id FROM runs WHERE sweep_id = ? AND state = 'running'))
            ORDER BY started_at, id""",  # noqa: S608 -- constants
            (f"% {sweep_id} %", sweep_id),
        )
        return self.records(agent_of, found)

    def last_ended(self, sweep_id: str) -> Agent | None:
        """Return the agent of a sweep that ended last by itself, and said why."""
        found = self.database.rows(
            f"""SELECT {AGENT_COLUMNS} FROM agents
            WHERE ended_at IS NOT NULL AND ended_why IS NOT NULL AND sweeps LIKE ?
            ORDER BY ended_at DESC, id LIMIT 1""",  # noqa: S608 -- constants
            (f"% {sweep_id} %",),
        )
        return next(iter(self.records(agent_of, found)), None)

    def hosts(self, sweep_id: str) -> list[str]:
        """Return the names of the hosts on which runs of a sweep have been."""
        found = self.database.rows(
            """SELECT DISTINCT host FROM agents WHERE id IN (
                SELECT agent_id FROM runs WHERE sweep_id = ? UNION
                SELECT attempts.agent_id FROM attempts JOIN runs ON runs.id = run_id
                WHERE sweep_id = ?)
            ORDER BY host""",
            (sweep_id, sweep_id),
        )
        return [host for (host,) in found]
