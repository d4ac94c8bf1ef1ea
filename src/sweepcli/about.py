"""Names, notes and tags of sweeps and runs: what they may be, and whose word counts. Pure.

What people say of a sweep or run is kept apart from what its config or script says, and counts
in its place: `name` and `notes`, of which None means that there is none, and the tags that they
`add` to those of the script and `remove` from them. Nobody overwrites the word of the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sweepcli import printed
from sweepcli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sweepcli.records import JSON, Run

    About = dict[str, JSON]
    # What a script says of its run: its name, notes and tags.
    Description = tuple[str | None, str | None, tuple[str, ...]]

FIELDS = ("name", "notes", "tags")
LONGEST_NAME, LONGEST_NOTES, LONGEST_TAG = 200, 10_000, 64  # characters
MOST_TAGS = 100
# What is invisible and yet belongs: it joins letters of Persian and Hindi, and parts of emoji.
IN_LINES = "\u200c\u200d"
IN_NOTES = f"\n\t{IN_LINES}"
COMMA = ","


def overruled(run: Run) -> Run:
    """Return a run, as its script describes it, with what people say of it."""
    said = run.about or {}
    kept = [tag for tag in run.tags if tag not in said.get("remove", ())]
    return run._replace(
        name=said.get("name", run.name),
        notes=said.get("notes", run.notes),
        tags=tuple(dict.fromkeys((*kept, *said.get("add", ())))),
    )


def named(said: About, text: str) -> About:
    """Return what people say with another name; none for an empty text. Raises UsageError."""
    return {**said, "name": _line("a name", text, LONGEST_NAME) or None}


def noted(said: About, text: str) -> About:
    """Return what people say with other notes; none for an empty text. Raises UsageError."""
    notes = text.replace("\r\n", "\n").strip()
    if notes != printed.escaped(notes, kept=IN_NOTES):
        raise UsageError("notes are text: they have characters that cannot be seen")
    return {**said, "notes": _short("notes", notes, LONGEST_NOTES) or None}


def tagged(said: About, tags: Sequence[str], *, are_removed: bool = False) -> About:
    """Return what people say with more tags, or without some. Raises UsageError."""
    given = list(dict.fromkeys(map(_tag, tags)))
    without = {
        key: [tag for tag in said.get(key, ()) if tag not in given] for key in ("add", "remove")
    }
    if are_removed:
        return {**said, **without, "remove": [*without["remove"], *given]}
    add = list(dict.fromkeys((*said.get("add", ()), *given)))
    if len(add) > MOST_TAGS:
        raise UsageError(f"at most {MOST_TAGS} tags; remove some with --remove")
    return {**said, "add": add, "remove": without["remove"]}


def _tag(text: str) -> str:
    tag = _line("a tag", text, LONGEST_TAG)
    if not tag:
        raise UsageError("a tag cannot be empty")
    if COMMA in tag:
        raise UsageError(f"a tag has no commas; {tag!r} may be several: write one after another")
    return tag


def _line(what: str, text: str, longest: int) -> str:
    line = text.strip().strip(IN_LINES)
    if line != printed.escaped(line, kept=IN_LINES):
        raise UsageError(f"{what} is one line of visible characters, and {line[:80]!r} is not")
    return _short(what, line, longest)


def _short(what: str, text: str, longest: int) -> str:
    if len(text) > longest:
        raise UsageError(f"{what}: at most {longest:,} characters, and these are {len(text):,}")
    return text


def sound(said: JSON) -> About | None:
    """Return what a file has of what people say, without what makes no sense; None for nothing."""
    if not isinstance(said, dict):
        return None
    found: About = {}
    for key, change in (("name", named), ("notes", noted)):
        if key in said and (value := _checked(change, said[key] or "")) is not None:
            found |= value
    for key in ("add", "remove"):
        given = said.get(key)
        tags = [tag for tag in given if _checked(tagged, [tag])] if isinstance(given, list) else []
        found |= {key: list(dict.fromkeys(tags))[:MOST_TAGS]} if tags else {}
    return found or None


def _checked(change: Callable[[About, JSON], About], given: JSON) -> About | None:
    try:
        return change({}, given)
    except (UsageError, AttributeError, TypeError):
        return None


def said_by_script(event: Mapping[str, JSON]) -> Description:
    """Return what an `init` event says of its run, made to fit: a script is never refused."""
    name, notes, tags = (event.get(field) for field in FIELDS)
    texts = [tags] if isinstance(tags, str) else tags if isinstance(tags, list) else []
    parts = (part for text in texts if isinstance(text, str) for part in text.split(COMMA))
    lines = dict.fromkeys(_fitted(part, LONGEST_TAG) for part in parts)
    return (
        _fitted(name, LONGEST_NAME) or None,
        _fitted(notes, LONGEST_NOTES, IN_NOTES) or None,
        tuple(line for line in lines if line)[:MOST_TAGS],
    )


def _fitted(text: JSON, longest: int, kept: str = IN_LINES) -> str:
    if not isinstance(text, str):
        return ""
    joined = text.strip() if kept == IN_NOTES else " ".join(text.split()).strip(IN_LINES)
    return printed.escaped(joined[:longest], kept=kept)[:longest]
