"""Ranges and values as other tools write them, such as `uniform(0,1)`, `0.1|0.2` or `1-10`. Pure.

Hydra, Guild, Optuna and W&B have forms of their own. Read as text, they would start runs that fail.
"""

from __future__ import annotations

import re

NUMBER = r"[-+]?(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
_ALONE = re.compile(rf"(?<!\w)(?<!\d\.){NUMBER}(?!\w|\.\d)")
_BETWEEN = r"(?:\s*(?:[|;:/~-]|\bto\b)\s*|\s+)"
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_FORMS = re.compile(
    rf"""(?xi)
    {NUMBER}(?:{_BETWEEN}{NUMBER})+  # numbers that no comma parts
    | [(<]{NUMBER}(?:\s*(?:[,;:|]|\.\.)\s*{NUMBER})+[)>] | \[{NUMBER}:{NUMBER}\]
    | (?:\w+\.)*\w*(?:uniform|interval|range|choice|space|log|randint)\w*\s*[(\[].*[)\]]
    | (?:int|float|values|tag)\s*[(\[].*[)\]]
    | log\w*\s*[:\s]\s*{NUMBER}\.\.{NUMBER}
    | {{?\s*['"]?(?:min|max|low|high|values?|distribution)['"]?\s*[:=].*
    | {{[^:]*[^:\s][^:]*}}"""
)
_WITH_STEP = re.compile(r"(?i)space|range|interval|uniform|log|\d\s*[:-]\s*[-+.]?\d")
_ITEMS = re.compile(r"[^(\[{]*[(\[{]+([^()\[\]{}]*)[)\]}]+")


def instead(name: str, text: str) -> str | None:
    """Return how a range or values in another tool's form are written here, if they are such."""
    if not _FORMS.fullmatch(text) or _DATE.fullmatch(text):
        return None
    values = _ALONE.findall(text) or _items(text)
    ends = "..".join(values)
    if len(values) != 2 or not all(map(_ALONE.fullmatch, values)):
        if values and not _WITH_STEP.search(text):
            return f"for values, write {name}={','.join(values)}"
        values, ends = ["1", "2", "3"], "LOW..HIGH"
    scale = ":log" if "log" in text.lower() else ""
    return f"for a range, write {name}={ends}{scale}; for values, {name}={','.join(values)}"


def _items(text: str) -> list[str]:
    """Return what stands in the brackets of `choice('a','b')`."""
    found = _ITEMS.fullmatch(text)
    items = re.split("[,;|]", found[1]) if found else []
    return [item for each in items if (item := each.strip(" '\""))]
