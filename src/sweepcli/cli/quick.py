"""`agent` without click, for the plain calls that scripts make by the thousand.

Importing click takes as long as all else that an agent does before its first program starts.
What is not plain, wrong usage included, is left to the full command.
"""

from __future__ import annotations

import sys

from sweepcli.cli import agent_call


def main() -> int:
    """Run `agent` as a program; return its exit code."""
    call = agent_call.plain_call(sys.argv[1:])
    if call is None:
        from sweepcli.cli import agent  # noqa: PLC0415 -- click, which this is to avoid

        return agent.main()
    from sweepcli.cli import guard, running  # noqa: PLC0415 -- sqlite3 and more, not for --help

    return guard.guarded(lambda: running.run(call))
