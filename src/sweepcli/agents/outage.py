"""A store that cannot be used for a while: reported once, tried again, finally given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli.runs.timing import Timing
from sweepcli.stores.database import jittered

if TYPE_CHECKING:
    from collections.abc import Callable

    from sweepcli.errors import StoreUnavailable

LONGEST_S = 8.0  # between two tries, where many agents wait for one server
GIVE_UP_S = 600.0
DEFAULT = Timing()


class Outage:
    """How long the store has been away. Times are monotonic; `next_try` is one."""

    def __init__(
        self, note: Callable[[str], None], *, is_local: bool, timing: Timing = DEFAULT
    ) -> None:
        self._note = note
        self._longest_s = timing.store_retry_s if is_local else LONGEST_S
        self._since: float | None = None
        self.next_try = 0.0
        self._timing = timing
        self._pause_s = timing.store_retry_s
        self._is_reported = False

    @property
    def is_on(self) -> bool:
        """Whether the last use of the store failed."""
        return self._since is not None

    def is_worth_a_try(self, now: float) -> bool:
        """Return whether the store may be used, as far as is known."""
        return self._since is None or now >= self.next_try

    def failed(self, error: StoreUnavailable, now: float, *, is_at_work: bool) -> None:
        """Record a failed use of the store; raise the error after GIVE_UP_S.

        While runs are running it is never raised: they lose nothing by going on.
        """
        self._since = now if self._since is None else self._since
        self.next_try = now + jittered(self._pause_s)
        self._pause_s = min(2 * self._pause_s, self._longest_s)
        lasted = now - self._since
        if lasted >= GIVE_UP_S and not is_at_work:
            raise error
        if lasted >= self._timing.outage_quiet_s and not self._is_reported:
            self._is_reported = True
            self._note(f"{error}. Runs continue; what they log will be saved as soon as possible.")

    def is_over(self) -> None:
        """Record a use that succeeded."""
        if self._is_reported:
            self._note("the database can be written again; nothing was lost")
        self._since, self._is_reported, self._pause_s = None, False, self._timing.store_retry_s
