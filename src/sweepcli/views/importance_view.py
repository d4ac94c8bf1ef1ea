"""How much each parameter of a sweep matters, as lines. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli.views import glyphs, grid, render

if TYPE_CHECKING:
    from sweepcli.search.importance import Importance

BAR = 24  # characters, at most


def lines(found: Importance, width: int, *, plain: bool) -> list[str]:
    """Return the parameters, those that matter most first, with bars."""
    if not found.parameters:
        return ["importance", f"  not known: {found.reason or 'too few runs'}"]
    explained = "" if found.explained is None else f", explaining {found.explained:.0%}"
    bar = min(BAR, width // 3)
    rows = [
        [
            each.name,
            glyphs.bar(each.share, bar, plain=plain),
            f"{each.share:.0%}".rjust(4),
            "" if each.correlation is None else f"{each.correlation:+.2f}",
        ]
        for each in found.parameters
    ]
    if found.interactions:
        share = glyphs.bar(found.interactions, bar, plain=plain)
        rows.append(["(together)", share, f"{found.interactions:.0%}".rjust(4), ""])
    table = grid.table(["parameter", "importance", "", "correlation"], rows, width - 2).lines
    title = f"importance, from {render.many(found.runs, 'run')}{explained}"
    doubt = [f"  {line}" for line in grid.broken(found.reason, width - 2)] if found.reason else []
    return [title, *(f"  {line}" for line in table), *doubt]
