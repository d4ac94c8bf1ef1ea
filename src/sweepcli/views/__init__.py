"""What people see, on the command line and from Python: text made of records.

- `sweep_view`, `run_view`, `runs_table`, `best`, `comparison`, `preview`, `replay_view`,
  `log_check_view`, `top_view`: what the commands show
- `status`, `pace`, `failures`, `curves`, `columns`, `attempt_files`: facts that several show
- `sweep_state`: the word for a sweep's state; `blocked_sweep`: why none of its runs can start;
  `command_line`: what a run ran; `next_command`: what people want next
- `render`, `grid`, `glyphs`, `colours`, `terminal`: from values to text on a terminal
- `reporter`: the lines of an agent; `board/`: its live board
- `dashboard/`: the page in the browser; `exports/`: files for other tools
"""

from __future__ import annotations
