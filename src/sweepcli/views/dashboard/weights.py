"""The importance of a sweep's parameters, computed again only when enough runs have ended."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.search import importance

if TYPE_CHECKING:
    from sweepcli.records import JSON, Sweep
    from sweepcli.stores import Store

GROWTH = 1.02  # by how much the runs must have grown in number to be looked at again


class Known(NamedTuple):
    """What was found, and how many runs had ended then."""

    done: int
    record: dict[str, JSON]


class Weights:
    """The importance that was found last, for each sweep."""

    def __init__(self) -> None:
        self._known: dict[str, Known] = {}
        self._lock = threading.Lock()  # held while one is computed: others would do the same

    def of(self, store: Store, sweep: Sweep) -> dict[str, JSON]:
        """Return the record of a sweep's importance."""
        done = store.number_with_value(sweep.id)
        with self._lock:
            known = self._known.get(sweep.id)
            if known is None or not known.done <= done < max(known.done * GROWTH, known.done + 1):
                config = sweep.config
                runs = store.sample_of_values(sweep.id, importance.MOST_RUNS)
                known = Known(done, importance.record(importance.of(config, runs)))
                self._known[sweep.id] = known
        return known.record
