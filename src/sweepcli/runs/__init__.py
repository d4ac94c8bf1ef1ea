"""One run's life on this machine.

`prepare` makes its folder and environment, a launcher starts it, `attempt` watches over it,
`metrics` reads what it logs, and `outcome` turns its exit into a state.
`causes` finds why a program failed, and `failure_kinds` which failures are the same.
`program_parser` finds which parser reads a program's arguments, and `refused_arguments` names the
form that it wants where it refused them.
"""

from __future__ import annotations
