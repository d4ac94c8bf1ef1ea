"""`sweep repair`: the database is rebuilt from the files in a results directory.

`repair` is all of it: `on_disk` reads the files, `rebuilding` puts sweeps into a new database,
`rebuilt_runs` their runs, and `gaps` suggests those again that are not there.
"""

from __future__ import annotations
