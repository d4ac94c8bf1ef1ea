from __future__ import annotations

import pytest

from sweepcli.views import colours, terminal


def test_off_a_terminal_lines_stay_as_they_are() -> None:
    assert colours.lines(["state  failed"]) == ["state  failed"]


def test_on_a_terminal_nothing_is_taken_for_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "is_terminal", lambda: True)
    [line] = colours.lines(["params  a=[red]x b=:smile:"])
    assert "a=[red]x b=:smile:" in line


def test_states_labels_and_pictures_have_colours() -> None:
    text = colours.coloured("state     failed after ▁▂ a=failed")

    marked = {text.plain[span.start : span.end]: str(span.style) for span in text.spans}
    assert marked == {"state": "bold", "failed": "red", "▁▂": "blue"}
    assert [span.start for span in text.spans if str(span.style) == "red"] == [10]


def test_a_long_line_is_not_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "is_terminal", lambda: True)
    assert len(colours.lines(["x" * 500])) == 1
