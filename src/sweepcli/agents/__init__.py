"""An agent: it claims runs, watches them and records how they end, until nothing is left.

- `options`: what an agent can be asked to do; `report`: what it reports at work and at its end
- `loop`: the agent; `wakeup` lets it sleep until there is something to do
- `assignment`: claims the runs of one sweep; `at_work`: its running runs; `output`: what they print
- `recorder`: saves what runs log, and how they end; `stops`: ends runs early
- `shutdown`: Ctrl-C and other signals; `breaker`: gives up if runs keep failing;
  `missing_metric`: or if they log no metric; `outage`: a store that is away
- `warden` and `recovery`: what happens to the runs of an agent that died
- `manual`: runs that a user's own launcher starts; `clusters/`: starts agents with SLURM or Ray
"""

from __future__ import annotations
