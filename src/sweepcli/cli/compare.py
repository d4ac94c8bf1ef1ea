"""`sweep compare`: runs side by side, and what differs in their code, packages and machines."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from sweepcli.cli import open_store, options, printing
from sweepcli.errors import NotSupported
from sweepcli.sweeps.references import References
from sweepcli.views import code_comparison, comparison, next_command, params_order, terminal

if TYPE_CHECKING:
    from sweepcli.records import Sweep
    from sweepcli.stores import Store
    from sweepcli.stores.location import Location
    from sweepcli.views.params_order import ParamsOrder

TWO = 2
COMPARE = """\b
Example:
  sweep compare 3 12
  sweep compare r1a2b3c4 r5d6e7f8 --patch | less -R"""


@click.command(epilog=COMPARE)
@options.runs
@click.option("--patch", "is_patch", is_flag=True, help="Print how the code of two runs differs.")
@options.location
@options.as_json
def compare(runs: tuple[str, ...], location: Location, *, is_patch: bool, as_json: bool) -> None:
    """Show RUN... side by side: first the params that differ, marked with *, then the results.

    The curves of the metric are drawn below each other, on one scale. Then it lists in which
    files, packages and machines the first run differs from each other one.
    """
    if is_patch and as_json:
        raise click.UsageError("--patch cannot be used with --json, which has the patch.")
    with open_store.store_at(location, looks=True) as store:
        known = References(store, location)
        found = comparison.of(store, [known.run(run).id for run in runs], _order)
        first, *others = [each.run for each in found.runs]
        if is_patch and len(others) + 1 != TWO:
            raise click.UsageError("--patch needs two runs.")
        pairs = [code_comparison.of(store, (first, each), location.results) for each in others]
    if is_patch:
        if pairs[0].problem:
            raise NotSupported(pairs[0].problem)
        printing.patch(pairs[0].patch)
        return
    now = time.time()
    if as_json:
        printing.json({**found.record(now), "code": [each.record() for each in pairs]})
        return
    plain, longest = terminal.is_plain(), terminal.longest()
    lines = found.lines(terminal.width(), now, plain=plain, longest=longest)
    printing.lines(lines, has_heading=True)
    for each in pairs:
        title = [f"{each.then.id} and {each.now.id}"] if len(pairs) > 1 else []
        printing.lines(["", *title, *each.lines()])
    if len(pairs) == 1 and pairs[0].patch:
        printing.lines([""])
        printing.patch(f"{line}\n" for line in pairs[0].beginning())
    printing.next_command(next_command.after_runs([found.runs[0].run]), location)


def _order(store: Store, sweep: Sweep) -> ParamsOrder | None:
    return params_order.seen(store, sweep) if terminal.is_terminal() else None
