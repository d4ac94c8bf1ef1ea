"""How fast a sweep's runs end, and times that go by. Pure: the clock is the caller's."""

from __future__ import annotations

from collections import deque

from sweepcli.views import render

MOST = 30  # ends that are looked back at
LONGEST_S = render.HOUR_S  # and how long, unless hardly any run has ended since


class Pace:
    """The numbers of runs that had ended at some times."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque(maxlen=MOST)

    def see(self, now: float, done: int) -> None:
        """Take note of how many runs have ended by now."""
        if not self._seen or done > self._seen[-1][1]:
            self._seen.append((now, done))
        elif done < self._seen[-1][1]:  # some were given back
            self._seen.clear()
            self._seen.append((now, done))
        while len(self._seen) > 3 and now - self._seen[1][0] > LONGEST_S:
            self._seen.popleft()

    def per_hour(self, now: float) -> float | None:
        """Return the rate of late; None as long as no run has ended."""
        if len(self._seen) < 2:
            return None
        (since, before), (_, after) = self._seen[0], self._seen[-1]
        return (after - before) / max(now - since, 1e-3) * render.HOUR_S


def clock(seconds: float) -> str:
    """Return a length of time that changes as it is looked at, as a clock shows it."""
    whole = max(0, int(seconds))
    days, hours, minutes = (
        whole // render.DAY_S,
        whole // render.HOUR_S % 24,
        whole // render.MINUTE_S % 60,
    )
    if days:
        return f"{days} d {hours} h"
    rest = f"{whole % render.MINUTE_S:02}"
    return f"{hours}:{minutes:02}:{rest}" if hours else f"{minutes}:{rest}"
