"""What `define_metric()` says of a metric, in the words of the event file."""

from __future__ import annotations

from sweepcli.errors import UsageError

KINDS = ("min", "max", "mean", "last", "first", "best", "none")


def summary_kinds(name: str, summary: str | None) -> str | None:
    """Return the comma list of summaries; raise if a word is none that we know."""
    kinds = []
    for word in summary.split(",") if summary else ():
        kind = word.strip().lower()
        if kind == "copy":  # older W&B: the last value, which is what there is anyway
            continue
        if kind not in KINDS:
            known = ", ".join(KINDS)
            raise UsageError(f"define_metric({name!r}): summary {word!r} is none of {known}")
        kinds.append(kind)
    return ",".join(kinds) or None
