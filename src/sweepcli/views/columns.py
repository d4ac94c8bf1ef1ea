"""The names of a run's values: its fields, its params, its summary. Pure.

A bare name is a field, else a param, else a name of the summary; `params.NAME` and
`summary.NAME` say which. Fields that came later take no bare name from scripts: they are always
`run.NAME`, and NAME where no run has a param or a value of it. `value` is the best value of the
metric, the metric's own name is what the summary has under it.
"""

from __future__ import annotations

import time
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from sweepcli import expressions
from sweepcli.errors import UsageError
from sweepcli.records import Run, RunState
from sweepcli.values import leaf, leaves
from sweepcli.views import render

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sweepcli.records import JSON, SweepConfig

    Reader = Callable[[Run], JSON]

PARAMS, SUMMARY = "params.", "summary."
NEAREST = 3  # names that a message offers for an unknown one


def _seconds(run: Run) -> float | None:
    return run.seconds(time.time())


# `run.NAME`, or NAME where neither a param nor the summary of a sweep has it.
SAID: dict[str, Reader] = {
    "run.name": attrgetter("name"),
    "run.notes": attrgetter("notes"),
    "run.tags": lambda run: list(run.tags),
    "run.code": attrgetter("code"),
    "run.code_after": attrgetter("code_after"),
    "run.environment": attrgetter("environment"),
}
BARE = {name.removeprefix("run."): name for name in SAID}
# The last three are left out since scripts may log metrics, or have params, of these names.
NOT_NAMED = {*render.INTERNAL, "params", "summary", "search_info", "created_at", "latest", "best"}
NOT_FIELDS = {*NOT_NAMED, *BARE, "value_step"}
FIELDS: dict[str, Reader] = {
    **{name: attrgetter(name) for name in Run._fields if name not in NOT_FIELDS},
    "step": attrgetter("value_step"),
    "duration": _seconds,
    "duration_s": _seconds,  # as it is called in JSON and CSV
}


class Names(NamedTuple):
    """The params and the names of summaries that the runs of a sweep have."""

    params: dict[str, None]  # ordered, as is the next
    summary: dict[str, None]

    @property
    def all_of_them(self) -> list[str]:
        """Every bare name that can be used."""
        return list(dict.fromkeys((*FIELDS, *self.params, *self.summary, *SAID)))


class UnknownName(UsageError):
    """A name that no run of the sweep has."""

    def __init__(self, name: str, names: Names, spelled: Callable[[str], str] = repr) -> None:
        super().__init__(f"no run has {name!r}; {_advice(name, names, spelled)}")


def names_of(runs: Iterable[Run], config: SweepConfig | None = None) -> Names:
    """Return the names that runs have, and those that their sweep's config says they will."""
    names = Names({}, {})
    if config is not None:
        names.params.update((parameter.name, None) for parameter in config.parameters)
        names.summary.update((metric.name, None) for metric in config.objectives)
    for run in runs:
        _add(run.params, names.params)
        _add(run.summary, names.summary)
    return names


def _add(values: dict[str, JSON], known: dict[str, None]) -> None:
    """Add the names of values; most runs of a sweep have the same ones, which is quick."""
    if values.keys() <= known.keys() and dict not in map(type, values.values()):
        return
    known.update((name, None) for name, _ in leaves(values))


def reader(name: str, names: Names) -> Reader:
    """Return a function that reads a name from a run, None if it has none; raise UnknownName."""
    if own := FIELDS.get(name) or SAID.get(name):
        return own
    if name.startswith(PARAMS) and name.removeprefix(PARAMS) in names.params:
        return _leaf_of_params(name.removeprefix(PARAMS))
    if name.startswith(SUMMARY) and name.removeprefix(SUMMARY) in names.summary:
        return _leaf_of_summary(name.removeprefix(SUMMARY))
    if name in names.params:
        return _leaf_of_params(name)
    if name in names.summary:
        return _leaf_of_summary(name)
    if name in BARE:
        return SAID[BARE[name]]
    raise UnknownName(name, names)


def readers(wanted: Sequence[str], names: Names) -> list[Reader]:
    """Return such a function for each name; raise UnknownName for the first unknown one."""
    return [reader(name, names) for name in wanted]


def condition(text: str, names: Names) -> Reader:
    """Return a filter, which is true or false for a run; raise BadExpression."""

    def read(name: str) -> Reader:
        try:
            return reader(name, names)
        except UnknownName:
            if name in set(RunState):
                raise UsageError(f"text needs quotes: {name!r}") from None
            raise UnknownName(name, names, expressions.spelled) from None

    passes = expressions.Expression(text, "filter").bound(read)
    return lambda run: bool(passes(run))


def split(text: str) -> list[str]:
    """Return the names in a list with commas, as options take it."""
    return [name.strip() for name in text.split(",") if name.strip()]


def _leaf_of_params(name: str) -> Reader:
    return lambda run: leaf(run.params, name)


def _leaf_of_summary(name: str) -> Reader:
    return lambda run: leaf(run.summary, name)


def _advice(name: str, names: Names, spelled: Callable[[str], str]) -> str:
    import difflib  # noqa: PLC0415 -- for error messages alone

    known = names.all_of_them
    by_case = {each.lower(): each for each in reversed(known)}
    word = name.lower().removeprefix(PARAMS).removeprefix(SUMMARY)
    near = [by_case[each] for each in difflib.get_close_matches(word, by_case, NEAREST, 0.6)]
    # `acc` for `val.acc` and `val` for `val/acc`: too far apart to count as spelled alike.
    near += [each for each in known if word in each.lower() and each not in near]
    if near:
        return f"did you mean {' or '.join(map(spelled, near[:NEAREST]))}?"
    own = [*names.params, *names.summary]
    return f"there are {', '.join(map(spelled, own))} and {', '.join((*FIELDS, *SAID))}"
