"""The longer statements by which a store is changed; `sql` says when.

The braces in CLAIM are for what a database calls skipping the rows that others have locked.
"""

from __future__ import annotations

from sweepcli.stores.rows import RUN_COLUMNS

# First what was taken from its agent, then what is new, then what failed and is tried again:
# later, and by another agent if there is one, a retry has the better chance.
CLAIM = f"""
    UPDATE runs SET state = 'running', attempt = attempt + 1, agent_id = ?, started_at = ?,
        ended_at = NULL, exit_code = NULL, reason = NULL
    WHERE id = COALESCE(
            (SELECT id FROM runs WHERE sweep_id = ? AND state = 'preempted'
             ORDER BY number LIMIT 1 {{skip_locked}}),
            (SELECT id FROM runs WHERE sweep_id = ? AND state = 'pending' AND attempt = 0
             ORDER BY number LIMIT 1 {{skip_locked}}),
            (SELECT id FROM runs WHERE sweep_id = ? AND state = 'pending' AND attempt > 0
             ORDER BY number LIMIT 1 {{skip_locked}}))
        AND state IN ('preempted', 'pending')
        AND EXISTS (SELECT 1 FROM sweeps WHERE id = ? AND state IN ('pending', 'running'))
    RETURNING {RUN_COLUMNS}"""  # noqa: S608 -- constants
# The number is the next one; a key that is taken, or a full cap, adds nothing. MAX stands in
# a scalar subquery of its own: one look at the index, where a join would read every run.
SUGGEST = """
    INSERT INTO runs (id, sweep_id, number, key, state, params, search_info, created_at)
    SELECT ?, ?, last + 1, ?, 'pending', ?, ?, ?
    FROM (SELECT (SELECT COALESCE(MAX(number), 0) FROM runs WHERE sweep_id = ?) AS last) AS numbers
    WHERE last < ?
    ON CONFLICT (sweep_id, key) DO NOTHING"""
ROWS = """
    INSERT INTO history (run_id, attempt, line, step, timestamp, row)
    VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"""
# Both change a run only as long as it is the attempt's own.
SHOWN = "summary = ?, value = ?, value_step = ?, worst = ?, latest = ?"
PROGRESS = f"UPDATE runs SET {SHOWN} WHERE id = ? AND attempt = ? AND state = 'running'"  # noqa: S608 -- constants
END_RUN = f"""
    UPDATE runs SET state = ?, ended_at = ?, exit_code = ?, reason = ?, {SHOWN}
    WHERE id = ? AND attempt = ? AND state = 'running'"""  # noqa: S608 -- constants
# An attempt has a row of its own from its end on, and keeps the first end that is told of it.
# Earlier versions made the row at the start.
END_ATTEMPT = """
    INSERT INTO attempts (run_id, attempt, agent_id, started_at, state, ended_at, exit_code,
        reason, output)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (run_id, attempt) DO UPDATE SET state = excluded.state,
        ended_at = excluded.ended_at, exit_code = excluded.exit_code, reason = excluded.reason,
        output = excluded.output
    WHERE attempts.state = 'running'"""
OPEN_RUN = """
    SELECT 1 FROM runs WHERE sweep_id = ? AND state IN ('pending', 'preempted', 'running')
    LIMIT 1"""
RETRY = """
    UPDATE runs SET state = 'pending', retry_from = attempt WHERE id = ? AND state = ?"""
# A run that had failed under another agent too has itself to blame, and stays as it is.
GIVE_BACK = """
    UPDATE runs SET state = 'pending'
    WHERE id = ? AND attempt = ? AND state IN ('failed', 'crashed')
        AND NOT EXISTS (SELECT 1 FROM attempts WHERE run_id = runs.id
                        AND agent_id <> runs.agent_id AND state IN ('failed', 'crashed'))
        AND EXISTS (SELECT 1 FROM sweeps WHERE id = runs.sweep_id
                    AND state IN ('pending', 'running', 'paused'))"""
