"""`agent` without click, for the plain calls that scripts make by the thousand.

Importing click takes as long as all else that an agent does before its first program starts.
What is not plain, wrong usage included, is left to the full command.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from sweepcli.agents.options import OPTIONS, AgentCall, AgentOptions

if TYPE_CHECKING:
    from collections.abc import Sequence

FIELDS = {word: field for field, option in OPTIONS.items() for word in option.words.split()}


def main() -> int:
    """Run `agent` as a program; return its exit code."""
    call = plain_call(sys.argv[1:])
    if call is None:
        from sweepcli.cli import agent  # noqa: PLC0415 -- click, which this is to avoid

        return agent.main()
    from sweepcli.cli import exit_codes, running  # noqa: PLC0415 -- sqlite3 and more, not for --help

    return exit_codes.guarded(lambda: running.run(call))


def plain_call(args: Sequence[str]) -> AgentCall | None:
    """Return the call if it has paths and well-formed options of AgentOptions alone, else None."""
    rest, paths, chosen = list(args), list[str](), dict[str, object]()
    while rest:
        word, is_joined, text = rest.pop(0).partition("=")
        if not word.startswith("-"):
            paths.append(word + is_joined + text)
            continue
        field = FIELDS.get(word)
        read = OPTIONS[field].read if field else None
        if field is None or (is_joined and not (read and word.startswith("--"))):
            return None
        if read is None:
            chosen[field] = True
            continue
        try:
            chosen[field] = read(text if is_joined else rest.pop(0))
        except (ValueError, IndexError):
            return None
    if not paths or not all(map(str.strip, paths)):
        return None
    from sweepcli.stores import location  # noqa: PLC0415 -- the stores, not for --help

    return AgentCall(paths, location.nearest(), AgentOptions(**chosen))  # type: ignore[arg-type]  # as OPTIONS reads them
