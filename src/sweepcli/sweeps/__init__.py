"""Sweeps: created, given suggestions, changed, ended early, finished, rebuilt.

`create` makes and updates a sweep, `controller` suggests its runs and finishes it, `early_stop` and
`replay` apply its rule, `states` stops or pauses it, `state_file` has its state beside its record,
`copying` moves it to another store, `path` finds it by its name, `repair/` rebuilds the database;
`without_metric` tells of runs that have no value, and `rereading` reads theirs again.
"""

from __future__ import annotations
