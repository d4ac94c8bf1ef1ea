"""`code`: whether the code of runs is recorded, and whether it is frozen. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli.sweep_config import schema
from sweepcli.sweep_config.problems import nearest, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sweepcli.records import JSON
    from sweepcli.sweep_config.problems import Report

FROZEN, ON, OFF = "frozen", "on", "off"
WORDS = (FROZEN, ON, OFF)
_ALSO = {  # what else people write
    **dict.fromkeys(("freeze", "freezed", "snapshot", "pinned", "fixed", "copy"), FROZEN),
    **dict.fromkeys(("true", "yes", "record", "recorded", "save", "git"), ON),
    **dict.fromkeys(("false", "no", "none", "never", "disabled", "ignore"), OFF),
}


def read(data: Mapping[str, JSON], report: Report) -> JSON:
    """Return the config's `code`; report what is wrong with it."""
    written = data.get("code")
    if written is None or isinstance(written, bool) or written in WORDS:
        return written
    if not isinstance(written, dict):
        report.error(("code",), f"{shown(written)} is not one of {', '.join(WORDS)}", _fix(written))
        return None
    found = schema.violations("code", written)
    for each in found:
        report.error(("code", *each.path), each.text, each.fix)
    return None if found else written


def _fix(written: JSON) -> str | None:
    word = written.lower().strip() if isinstance(written, str) else ""
    if word in WORDS or word in _ALSO:
        return f"write `code: {_ALSO.get(word, word)}`"
    if isinstance(written, list):
        return f"to add files, write `code: {{include: {shown(written)}}}`"
    return nearest(word, WORDS, cutoff=0.5)


def frozen(written: JSON) -> JSON:
    """Return what `--freeze` makes of a config's `code`: its patterns stay."""
    return {**written, FROZEN: True} if isinstance(written, dict) else FROZEN
