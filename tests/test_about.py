"""Names, notes and tags: what they may be, from people, scripts and files."""

from __future__ import annotations

import pytest

from sweepcli import about
from sweepcli.errors import UsageError
from sweepcli.records import JSON

NOTHING = (None, None, ())
FAMILY = "👩\u200d👧"  # with what joins the parts of emoji
SKY = "नभ\u200cनभ"  # with what parts letters of Hindi


@pytest.mark.parametrize(
    "text", ["é", "a, b", "  x  ", "12", "'quoted'", "😀", "x" * 200, FAMILY, SKY]
)
def test_a_name_is_a_line_that_can_be_seen(text: str) -> None:
    assert about.named({}, text) == {"name": text.strip()}
    assert about.said_by_script({"name": text})[0] == text.strip()


@pytest.mark.parametrize("text", ["a\nb", "\x1b[2J", "\u202eabc", "\u3164", "\ud800", "x" * 201])
def test_nothing_else_is(text: str) -> None:
    with pytest.raises(UsageError):
        about.named({}, text)
    with pytest.raises(UsageError):
        about.tagged({}, [text])


def test_a_name_of_nothing_that_can_be_seen_is_none() -> None:
    assert about.named({}, " \u200d ") == {"name": None}


def test_notes_have_lines_and_tabs_and_no_other_signs_that_cannot_be_seen() -> None:
    assert about.noted({}, " a\r\n\tb\n") == {"notes": "a\n\tb"}
    assert about.noted({"notes": "x"}, "\n") == {"notes": None}
    for text in ("\x07", "a\rb", "x" * 10_001):
        with pytest.raises(UsageError):
            about.noted({}, text)


def test_a_tag_is_there_once_and_goes_where_it_is_removed() -> None:
    said = about.tagged({}, ["a", "b", "a"])
    assert said["add"] == ["a", "b"]
    said = about.tagged(said, ["a"], are_removed=True)
    assert (said["add"], said["remove"]) == (["b"], ["a"])
    said = about.tagged(said, ["a"])
    assert (said["add"], said["remove"]) == (["b", "a"], [])
    with pytest.raises(UsageError, match="at most 100"):
        about.tagged(said, [str(number) for number in range(99)])


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({}, NOTHING),
        ({"name": None, "notes": None, "tags": []}, NOTHING),
        ({"name": " a\n b ", "notes": "c\nd\x1b[0m"}, ("a b", "c\nd\\x1b[0m", ())),
        ({"name": "x" * 999, "notes": "y" * 99_999}, ("x" * 200, "y" * 10_000, ())),
        ({"tags": ["a", "b, c", "a", "", 5, None]}, (None, None, ("a", "b", "c"))),
        ({"tags": "one"}, (None, None, ("one",))),
        ({"name": 5, "notes": ["x"], "tags": {"a": 1}}, NOTHING),
        ({"name": "\ud800"}, ("\\ud800", None, ())),
        ({"name": "\u200d", "tags": ["\u200c", FAMILY]}, (None, None, (FAMILY,))),
    ],
)
def test_what_a_script_says_is_made_to_fit(
    event: dict[str, JSON], expected: about.Description
) -> None:
    assert about.said_by_script(event) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (None, None),
        ([], None),
        ({"name": "a\nb", "notes": 5, "add": "x", "remove": [1, "a,b"]}, None),
        ({"name": None, "more": 1}, {"name": None}),
        ({"notes": "", "add": ["a", "a", "\x1b"]}, {"notes": None, "add": ["a"]}),
    ],
)
def test_what_a_file_says_is_checked(said: JSON, expected: JSON) -> None:
    assert about.sound(said) == expected
