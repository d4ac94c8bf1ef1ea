"""The failures of a sweep, one line for each cause."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sweepcli import printed

if TYPE_CHECKING:
    from sweepcli.records import JSON, Sweep
    from sweepcli.stores import Store

MOST = 1000  # runs that are looked at, the last ones
GROUPS = 5  # causes that are shown
NAMED = 3  # runs of each


class Failure(NamedTuple):
    """Runs that failed with the same error."""

    text: str  # why, and the last line that they printed
    runs: tuple[str, ...]  # ids, the newest first

    @property
    def line(self) -> str:
        """How many there are, how they ended, and where to look."""
        named = ", ".join(self.runs[:NAMED]) + (", …" if len(self.runs) > NAMED else "")
        return f"{len(self.runs)} x {self.text} ({named})"

    def record(self, most: int = GROUPS) -> dict[str, JSON]:
        """Return it with some of its runs, for `--json` and the page."""
        return {"count": len(self.runs), "cause": self.text, "runs": list(self.runs[:most])}


def _last_words(output: str | None) -> str:
    """Return the last line that a run printed, apart from what W&B's package says at its end."""
    lines = map(str.strip, printed.harmless(output or "").splitlines())
    own = [line for line in lines if line and not line.startswith("wandb:")]
    return own[-1] if own else ""


def of(store: Store, sweep: Sweep) -> list[Failure]:
    """Return the failures of a sweep by what they have in common, the most frequent first."""
    groups: dict[str, list[str]] = {}
    for run_id, reason, output in store.failures(sweep.id, MOST):
        text = ": ".join(part for part in (reason, _last_words(output)) if part)
        groups.setdefault(text, []).append(run_id)
    found = [Failure(text, tuple(ids)) for text, ids in groups.items()]
    return sorted(found, key=lambda each: -len(each.runs))
