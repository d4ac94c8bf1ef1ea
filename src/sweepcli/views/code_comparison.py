"""What differs between the code, the packages and the machines of two runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sweepcli.code import difference
from sweepcli.errors import SweepError
from sweepcli.printed import escaped
from sweepcli.sweeps.again import recorded
from sweepcli.views import grid, render

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sweepcli.code.contents import Wanted
    from sweepcli.code.difference import Changed, Fact
    from sweepcli.records import JSON, Run
    from sweepcli.stores import Store

MOST_FILES = 12  # that are named
MOST_LINES = 40  # of a patch, unless it is asked for
ARROW = "→"


class CodeComparison(NamedTuple):
    """Two runs: which files differ, how, and what else does."""

    then: Run
    now: Run
    changed: Sequence[Changed]
    patch: Sequence[str]  # its lines
    packages: Sequence[Fact]
    machine: Sequence[Fact]
    problem: str | None  # why the files are not known
    unknown: str | None  # why packages and machines are not

    def record(self) -> dict[str, JSON]:
        """Return it for `--json`."""
        return {
            "runs": [self.then.id, self.now.id],
            "code": [self.then.code, self.now.code],
            "files": [{"path": each.path, "change": each.letter} for each in self.changed],
            "patch": "".join(self.patch),
            "packages": [each._asdict() for each in self.packages],
            "machine": [each._asdict() for each in self.machine],
            "problem": self.problem,
        }

    def lines(self) -> list[str]:
        """Return it for people, without the patch."""
        return [
            *self._of_code(),
            *_of_facts("packages", self.packages, self.unknown),
            *_of_facts("machine", self.machine, self.unknown),
        ]

    def beginning(self) -> list[str]:
        """Return the first lines of the patch."""
        lines = [line.removesuffix("\n") for line in self.patch]
        if len(lines) <= MOST_LINES:
            return lines
        rest = render.many(len(lines) - MOST_LINES, "more line")
        return [*lines[:MOST_LINES], f"… and {rest}: --patch shows all"]

    def _of_code(self) -> list[str]:
        if self.problem:
            return grid.pairs([("code", self.problem)])
        if not self.changed:
            return grid.pairs([("code", f"the same: {self.now.code}")])
        count = render.many(len(self.changed), "file")
        verb = "differs" if len(self.changed) == 1 else "differ"
        named = [f"  {each.letter}  {escaped(each.path)}" for each in self.changed[:MOST_FILES]]
        if more := len(self.changed) - len(named):
            named.append(f"  and {more} more")
        versions = f"{self.then.code} {ARROW} {self.now.code}"
        return [*grid.pairs([("code", f"{count} {verb}: {versions}")]), *named]


def of(store: Store, runs: tuple[Run, Run], results: str) -> CodeComparison:
    """Compare the code and the environment of two runs, as far as they are known here."""
    then, now = runs
    sweeps = [store.sweep(run.sweep_id) for run in runs]
    both = [recorded.of(*each, results) for each in zip(sweeps, runs, strict=True)]
    changed: Sequence[Changed] = ()
    patch: Sequence[str] = ()
    problem = None
    if then.code is None or then.code != now.code:
        try:
            wanted = [recorded.code(store, each) for each in both]
            changed = difference.files(wanted[0].files, wanted[1].files)
            patch = _patch(changed, *wanted)
        except SweepError as error:
            problem = str(error)
    before, after = both[0].environment, both[1].environment
    are_known = before is not None and after is not None
    return CodeComparison(
        *(then, now, changed, patch),
        difference.packages(both[0].packages, both[1].packages) if are_known else (),
        difference.facts(before, after) if before and after else (),
        problem,
        None if are_known else _unknown(both),
    )


def _patch(changed: Sequence[Changed], then: Wanted, now: Wanted) -> list[str]:
    before = dict(then.found([each.path for each in changed if each.then]))
    after = dict(now.found([each.path for each in changed if each.now]))
    return list(difference.patch(changed, before, after))


def _unknown(both: Iterable[recorded.Recorded]) -> str | None:
    named = [each.run.id for each in both if each.environment is None]
    return f"not recorded here for {' and '.join(named)}"


def _of_facts(label: str, facts: Sequence[Fact], unknown: str | None) -> list[str]:
    if unknown or not facts:
        return grid.pairs([(label, unknown or "the same")])
    rows = [
        (f"  {each.name}", f"{each.then or 'none'} {ARROW} {each.now or 'none'}") for each in facts
    ]
    return [label, *grid.pairs(rows)]
