"""What a run would find here, now: its Python, and packages that are others than it had."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from sweepcli.code import difference, surroundings
from sweepcli.code.place import Place
from sweepcli.printed import listed
from sweepcli.runs import programs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.code.difference import Fact
    from sweepcli.sweeps.again.recorded import Recorded

MOST_NAMED = 5


class Here(NamedTuple):
    """What a run would find on this machine."""

    interpreter: str | None  # that of then, if it is here and `python` means another one
    python: str  # what is used in fact
    packages: Sequence[Fact]  # that differ from those of then
    then: str | None  # the Python of then where it is gone

    def lines(self) -> list[str]:
        """Return what people should know."""
        said = [f"its Python, {self.then}, is not here: {self.python} is used"] if self.then else []
        if count := len(self.packages):
            verb = "package differs" if count == 1 else "packages differ"
            named = listed([_named(each) for each in self.packages], MOST_NAMED)
            said.append(f"{count} {verb} from what the run had, in {self.python}: {named}")
        return said


def of(recorded: Recorded) -> Here:
    """Return what a run would find here; where nothing was recorded, nothing differs."""
    now = programs.find_program(programs.interpreter(), os.environ.get("PATH")) or ""
    known = recorded.environment
    if known is None or not known.interpreter:
        return Here(None, now, (), None)
    is_here = os.path.isabs(known.interpreter) and os.access(known.interpreter, os.X_OK)
    python = known.interpreter if is_here else now
    return Here(
        interpreter=python if is_here and not _is_same(python, now) else None,
        python=python,
        packages=_packages(recorded, python),
        then=None if is_here else f"{known.interpreter} ({known.python})",
    )


def _packages(recorded: Recorded, python: str) -> Sequence[Fact]:
    if not recorded.packages:
        return ()
    try:
        found = surroundings.look(Place(recorded.results, os.getcwd(), interpreter=python))
    except OSError:  # the results directory cannot be written, or there is no working one
        return ()
    return difference.packages(recorded.packages, found.packages) if found.packages else ()


def _is_same(one: str, other: str) -> bool:
    """Return whether two paths are one program: links to one Python may have other packages."""
    return os.path.abspath(one) == os.path.abspath(other)


def _named(fact: Fact) -> str:
    return f"{fact.name} {fact.then or 'none'} → {fact.now or 'none'}"
