"""How much each parameter of a sweep matters, as lines. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from sweepcli.show import glyphs, grid, render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sweepcli.records import JSON

BAR = 24  # characters, at most


class Share(Protocol):
    """One parameter: its share of the variance, and whether more of it is more of the metric."""

    @property
    def name(self) -> str: ...
    @property
    def share(self) -> float: ...
    @property
    def correlation(self) -> float | None: ...


class Importance(Protocol):
    """What has been found; `reason` says why there is nothing, or why to doubt it."""

    @property
    def parameters(self) -> Sequence[Share]: ...
    @property
    def interactions(self) -> float | None: ...
    @property
    def explained(self) -> float | None: ...
    @property
    def runs(self) -> int: ...
    @property
    def reason(self) -> str | None: ...


def record(found: Importance) -> dict[str, JSON]:
    """Return it for `--json`."""
    return {
        "parameters": [
            {"name": each.name, "share": each.share, "correlation": each.correlation}
            for each in found.parameters
        ],
        "interactions": found.interactions,
        "explained": found.explained,
        "runs": found.runs,
        "reason": found.reason,
    }


def lines(found: Importance, width: int, *, plain: bool) -> list[str]:
    """Return the parameters, those that matter most first, with bars."""
    if not found.parameters:
        return ["importance", f"  not known: {found.reason or 'too few runs'}"]
    explained = "" if found.explained is None else f", explaining {found.explained:.0%}"
    ordered = sorted(found.parameters, key=lambda each: -each.share)
    bar = min(BAR, width // 3)
    rows = [
        [
            each.name,
            glyphs.bar(each.share, bar, plain=plain),
            f"{each.share:.0%}".rjust(4),
            "" if each.correlation is None else f"{each.correlation:+.2f}",
        ]
        for each in ordered
    ]
    if found.interactions:
        share = glyphs.bar(found.interactions, bar, plain=plain)
        rows.append(["(together)", share, f"{found.interactions:.0%}".rjust(4), ""])
    table = grid.table(["parameter", "importance", "", "correlation"], rows, width - 2).lines
    title = f"importance, from {render.many(found.runs, 'run')}{explained}"
    doubt = [f"  {line}" for line in grid.broken(found.reason, width - 2)] if found.reason else []
    return [title, *(f"  {line}" for line in table), *doubt]
