"""Which versions of the code the runs of a sweep had, in lines for people and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sweepcli.code import version as code_version
from sweepcli.printed import listed
from sweepcli.records import RunState
from sweepcli.stores.codes import CodeRuns, Codes
from sweepcli.views import render

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sweepcli.code.version import Version
    from sweepcli.records import JSON, Sweep
    from sweepcli.stores import Store

SHORT = 12  # digits of a commit
NAMED = 3  # versions in a line, ranges of each, runs
MOST = 50  # versions in JSON, the newest included
MOST_SPANS = 100  # ranges of one version in JSON
FROZEN = "frozen: the code as it was when the sweep was created"


class Had(NamedTuple):
    """A version of the code, with the runs that had it."""

    runs: CodeRuns
    spans: list[tuple[int, int]]  # the first ranges of their numbers
    version: Version | None  # None: not kept here

    @property
    def numbers(self) -> str:
        """The numbers of the runs, for people."""
        shown = [_span(*each) for each in self.spans[:NAMED]]
        return ", ".join([*shown, *(["…"] if len(self.spans) > NAMED else [])])

    def record(self) -> dict[str, JSON]:
        """Return it for `--json`."""
        return {
            "code": self.runs.code,
            "runs": self.runs.total,
            "numbers": [[*each] for each in self.spans],
            **record(self.version),
        }


class SweepCode(NamedTuple):
    """What the store and the results directory know of a sweep's code."""

    created: str | None  # the id when the sweep was created
    first: Version | None  # that version, if it is kept here
    is_frozen: bool
    versions: list[Had]  # in the order of the first run of each, without those in the middle
    total: int  # of all versions
    newest: Had | None
    unknown: Had | None  # runs of which it is not known, beside others
    changed: list[int]  # numbers of runs while whose start it changed

    def record(self) -> dict[str, JSON]:
        """Return it for `--json`."""
        return {
            "created": self.created,
            "frozen": self.is_frozen,
            "total": self.total,
            "newest": self.newest and self.newest.runs.code,
            "versions": [each.record() for each in self.versions],
            "unknown": self.unknown and [[*each] for each in self.unknown.spans],
            "changed_at_start": self.changed,
        }

    def lines(self) -> Iterator[str]:
        """Yield the lines for people."""
        if self.total > 1:
            yield f"{self.total} versions of the code: runs {self._spread()}"
            yield from self._each()
        elif self.newest:
            yield described(self.newest.runs.code, self.newest.version)
        elif self.created:
            yield described(self.created, self.first)
        if self.newest and self.created and not self._is_used(self.created):
            yield f"the sweep was created with {self.created}"
        if self.changed:
            yield f"changed while {_runs(self.changed)} started"
        if self.unknown:
            yield f"not known of runs {self.unknown.numbers}"
        if self.is_frozen:
            yield FROZEN

    def _is_used(self, code: str) -> bool:
        """Return whether runs had a version; of very many, not all are known."""
        return self.total > MOST or any(each.runs.code == code for each in self.versions)

    def _spread(self) -> str:
        """Return the numbers of each version: `1-14, 15-20`, and with gaps `1-4, 9; 5-8`."""
        has_gaps = any(len(each.spans) > 1 for each in self.versions)
        shown = [each.numbers for each in self.versions]
        if self.total > NAMED + 1:
            shown = [*shown[:NAMED], "…", shown[-1]]
        return ("; " if has_gaps else ", ").join(shown)

    def _each(self) -> Iterator[str]:
        is_few = self.total <= NAMED
        for each in self.versions if is_few else [self.newest]:
            if each:
                newest = ", the newest" if each is self.newest else ""
                yield f"{described(each.runs.code, each.version)}: runs {each.numbers}{newest}"


def of(
    store: Store, sweep: Sweep, counts: Mapping[RunState, int], results: str | None = None
) -> SweepCode | None:
    """Return the versions of a sweep's code; None if none is known.

    `results` is where they are kept, if here; `counts` are those of the runs by state.
    """
    codes = Codes(store.database)
    known = codes.known(sweep.id)
    if not known and sweep.code is None:
        return None
    taken = sum(counts.values()) - counts.get(RunState.PENDING, 0)
    is_unknown = 0 < sum(each.total for each in known) < taken
    unknown = codes.unknown(sweep.id) if is_unknown else None
    newest = max(known, key=lambda each: (each.started_at, each.last), default=None)
    shown = known if len(known) <= MOST else [*known[: MOST - 1], known[-1]]
    had = {each: _had(codes, sweep, each, results) for each in (*shown, newest) if each}
    return SweepCode(
        sweep.code,
        read(results, sweep.code),
        sweep.config.code.is_frozen,
        [had[each] for each in shown],
        len(known),
        had[newest] if newest else None,
        unknown and _had(codes, sweep, unknown, None),
        codes.changed(sweep.id, MOST_SPANS) if any(each.changed for each in known) else [],
    )


def read(results: str | None, code: str | None) -> Version | None:
    """Return a version, None if it is not here: a run may have been on another machine."""
    if results is None or code is None:
        return None
    try:
        return code_version.read(results, code)
    except (OSError, ValueError):
        return None


def described(code: str | None, version: Version | None, *, whole: bool = False) -> str:
    """Return a version for people: its id, its commit in short, its branch, what else it is."""
    parts = [str(code)]
    if version is not None:
        commit = version.commit and f"commit {version.commit[: None if whole else SHORT]}"
        root = version.top
        on = f" on {root.branch}" if root and root.branch else ""
        without = "without a commit" if version.repositories else "without git"
        parts.append(f"{commit or without}{on}")
        more = [*(["changes"] if version.is_dirty else []), *_untracked(version)]
        if version.commit and more:
            parts.append(f"with {' and '.join(more)}")
    return ", ".join(parts)


def _untracked(version: Version) -> list[str]:
    return [render.many(len(version.kept), "untracked file")] if version.kept else []


def record(version: Version | None) -> dict[str, JSON]:
    """Return what `--json` says of a version that is kept here."""
    if version is None:
        return {"commit": None, "branch": None, "remote": None, "dirty": None, "kept": None}
    root = version.top
    return {
        "commit": version.commit,
        "branch": root and root.branch,
        "remote": root and root.remote,
        "dirty": version.is_dirty,
        "kept": len(version.kept),
    }


def _had(codes: Codes, sweep: Sweep, runs: CodeRuns, results: str | None) -> Had:
    spans = [(runs.first, runs.last)]
    if not runs.is_span:
        spans = codes.spans(sweep.id, runs.code, MOST_SPANS)
    return Had(runs, spans, read(results, runs.code))


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def _runs(numbers: Sequence[int]) -> str:
    word = "run" if len(numbers) == 1 else "runs"
    return f"{word} {listed([*map(str, numbers)], NAMED)}"
