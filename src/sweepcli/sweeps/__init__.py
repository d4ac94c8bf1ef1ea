"""Sweeps: created, given suggestions, changed, ended early, finished.

`create` makes and updates a sweep, `controller` suggests its runs and finishes it, `early_stop` and
`replay` apply its rule, `states` stops or pauses it, `copying` moves it to another store, and
`path` finds it by its name.
"""

from __future__ import annotations
