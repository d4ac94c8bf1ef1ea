"""Which runs of a sweep are listed, in which order, and under which columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sweepcli.stores.runs import ORDERS
from sweepcli.views import columns, render
from sweepcli.views.exports.rows import possible_params

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import JSON, Metric, Run, Sweep, SweepConfig
    from sweepcli.stores import Store
    from sweepcli.views.columns import Names, Reader
    from sweepcli.views.params_order import ParamsOrder

# Columns of the table around those of the params, for programs and for people: these see first
# what they look for, since the last columns may find no room.
BEFORE, AFTER = ("number", "id", "state"), ("value", "exit_code", "duration_s")
OWN = {**columns.FIELDS, **columns.SAID}
FIRST, LAST = ("number", "id", "state", "value"), ("step", "exit_code", "duration_s")


class Wanted(NamedTuple):
    """The runs and columns that the user asks for."""

    condition: str | None = None
    order: str | None = None  # names, several by commas, each with `-` for the greatest first
    columns: str | None = None
    limit: int | None = None
    is_all: bool = False  # also those that no agent has claimed yet

    @property
    def names(self) -> list[str]:
        """The columns, as they were named."""
        return columns.split(self.columns or "")


class Found(NamedTuple):
    """The runs to list, and what reads the columns that were asked for."""

    runs: list[Run]
    names: list[str]
    readers: list[Reader]

    def cells(self) -> list[list[JSON]]:
        """Return the cells of each run under the names."""
        return [[read(run) for read in self.readers] for run in self.runs]

    def texts(self) -> list[list[JSON]]:
        """Return the same for people, who see no list of tags but the tags."""
        are_tags = [read is columns.SAID["run.tags"] for read in self.readers]
        return [
            [
                ", ".join(cell) if is_it else cell
                for cell, is_it in zip(cells, are_tags, strict=True)
            ]
            for cells in self.cells()
        ]

    def records(self) -> list[dict[str, JSON]]:
        """Return the runs for `--json`, each with only these names."""
        return [dict(zip(self.names, cells, strict=True)) for cells in self.cells()]


def find(store: Store, sweep: Sweep, config: SweepConfig, wanted: Wanted) -> Found:
    """Return the runs that are wanted; raise UsageError for a name that no run has."""
    page = _page(store, sweep, wanted)
    runs = store.page(sweep.id, taken=not wanted.is_all) if page is None else page
    if page is not None and not wanted.names:
        return Found(page, [], [])
    names = columns.names_of(runs, config)
    try:
        readers = columns.readers(wanted.names, names)
    except columns.UnknownName:
        # A run that is not on the page may have it.
        names = columns.names_of(store.runs(sweep.id), config)
        readers = columns.readers(wanted.names, names)
    if page is None:
        runs = _chosen(runs, names, wanted)
    return Found(runs, wanted.names, readers)


def _page(store: Store, sweep: Sweep, wanted: Wanted) -> list[Run] | None:
    """Return the runs in an order of the store's, None where all of them must be looked at."""
    order = (wanted.order or "number").strip()
    name = order.removeprefix("-")
    if wanted.condition is not None or name not in ORDERS:
        return None
    return store.page(
        sweep.id,
        order=name,
        descending=order.startswith("-"),
        most=wanted.limit,
        taken=not wanted.is_all,
    )


def _chosen(runs: Sequence[Run], names: Names, wanted: Wanted) -> list[Run]:
    found = list(runs)
    if wanted.condition is not None:
        passes = columns.condition(wanted.condition, names)
        found = [run for run in found if passes(run)]
    return ordered(found, wanted.order or "number", names)[: wanted.limit]


def ordered(runs: Sequence[Run], order: str, names: Names) -> list[Run]:
    """Return runs in an order: the first name decides, then the next; missing values are last."""
    found = list(runs)
    for name in reversed(columns.split(order)):
        read = columns.reader(name.removeprefix("-"), names)
        known = [run for run in found if read(run) is not None]
        rest = [run for run in found if read(run) is None]
        # Numbers come before texts, and everything else is ordered by its text.
        known.sort(key=lambda run, read=read: _rank(read(run)), reverse=name.startswith("-"))  # type: ignore[misc]  # the default binds the loop's reader
        found = known + rest
    return found


def _rank(value: JSON) -> tuple[int, float, str]:
    if isinstance(value, int | float):
        return (0, value, "") if value == value else (-1, 0.0, "")  # noqa: PLR0124 -- NaN is none
    return 1, 0.0, render.cell(value)


def table(
    runs: Sequence[Run],
    now: float,
    config: SweepConfig | None = None,
    *,
    before: Sequence[str] = BEFORE,
    after: Sequence[str] = AFTER,
) -> tuple[list[str], list[list[JSON]]]:
    """Return the headings and rows of a list of runs, one column for each param.

    If there are no runs, `config` says which these would be. Names are there if any run has one,
    the code if runs had different ones.
    """
    before, after = _with_name(before, runs), [*after, *_differing(runs)]
    names, params = render.params_columns(runs)
    if not runs and config is not None:
        names = list(dict.fromkeys(name for name, _ in possible_params(config)))
    rows = [
        [*_fields(run, before, now), *given, *_fields(run, after, now)]
        for run, given in zip(runs, params, strict=True)
    ]
    return [*before, *_titles(names, (*before, *after)), *after], rows


def table_for_people(
    runs: Sequence[Run], now: float, order: ParamsOrder, metric: Metric | None = None
) -> tuple[list[str], list[list[JSON]]]:
    """Return the same with the value before the params, and those that are alike at the end."""
    first, last = _with_name(FIRST, runs), [*LAST, *_differing(runs)]
    names, params = render.params_columns(runs)
    front, back = order.columns(names, params)
    titles = _titles(names, (*first, *last))
    rows = [
        [
            *_fields(run, first, now),
            *(given[at] for at in front),
            *_fields(run, last, now),
            *(given[at] for at in back),
        ]
        for run, given in zip(runs, params, strict=True)
    ]
    if words := render.counted(metric):
        first[first.index("value")] = f"value ({words})"
    params_first, params_last = ([titles[at] for at in part] for part in (front, back))
    return [*first, *params_first, *last, *params_last], rows


def _with_name(before: Sequence[str], runs: Sequence[Run]) -> list[str]:
    return [*before, *(["run.name"] if any(run.name for run in runs) else [])]


def _differing(runs: Sequence[Run]) -> list[str]:
    """Return the column of the code where runs do not all have the same."""
    return ["run.code"] if len({run.code for run in runs if run.attempt}) > 1 else []


def _titles(names: Sequence[str], taken: Sequence[str]) -> list[str]:
    """Return headings: a param may have the name of one of our columns, and readers must see so."""
    return [f"params.{name}" if name in (*taken, *columns.SAID) else name for name in names]


def _fields(run: Run, names: Sequence[str], now: float) -> list[JSON]:
    return [run.seconds(now) if name == "duration_s" else OWN[name](run) for name in names]
