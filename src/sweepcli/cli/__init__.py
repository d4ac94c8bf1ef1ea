"""The commands: each parses its arguments, makes one call and prints the answer.

- `sweep`, `agent`, `script`: the programs `sweep`, `agent` and `sweepcli run`
- `table`: the commands of `sweep`, and other words for them
- `program`: what these programs share, such as groups and how click is run
- `one_line`, `new_sweeps`: the sweeps that `sweepcli run -P` and `agent CONFIG.yaml` make and run
- `create`, `making`: `sweep CONFIG.yaml`; `states`: the verbs, and W&B's flags for them
- `check`, `look`, `files`, `ui`, `change`, `launch`: the other commands of `sweep`
- `running`: the agent, once its arguments are parsed; `quick`: the same without click;
  `manual`: `agent --next` and `--done`
- `words`: what is wrong with a command line, and what may be meant
- `options`, `open_store`, `printing`, `exit_codes`: what commands share
"""

from __future__ import annotations
