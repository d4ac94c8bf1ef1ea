"""The README's recording of the board, and the script that makes it."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
SVG = "{http://www.w3.org/2000/svg}"


def check(text: str) -> None:
    """Hold that a recording can be shown anywhere: it is whole, small, silent, and of nobody."""
    root = ET.fromstring(text)  # noqa: S314 -- our own file
    names = {element.get("id") for element in root.iter(f"{SVG}text")}
    film = root.find(f"{SVG}g")
    assert film is not None
    pictures = film.findall(f"{SVG}text")

    assert len(text) < 200_000
    assert {use.get("href", "").removeprefix("#") for use in root.iter(f"{SVG}use")} <= names
    assert (root.find(f"{SVG}title"), root.find(f"{SVG}desc")) != (None, None)
    assert not re.findall(r"<script|@import|url\(|xlink|http(?!://www\.w3\.org/2000/svg)", text)
    assert not re.findall(r"/(tmp|home|root|Users|var)/", text)
    assert text.count("%{transform:translateY(") == len(pictures)
    shown_without_motion = re.search(r"#film{transform:translateY\(-(\d+)px\)}", text)
    assert shown_without_motion is not None
    last = int(shown_without_motion.group(1))
    assert f"{{transform:translateY(-{last}px)}}}}</style>" in text
    assert "prefers-reduced-motion:no-preference" in text
    assert pictures[-1].text == "Each of the 12 configurations is finished, once"


def test_the_recording_can_be_shown_anywhere() -> None:
    check((DOCS / "kill.svg").read_text("utf-8"))


@pytest.mark.slow
def test_the_recording_can_be_made_again(tmp_path: Path) -> None:
    made = tmp_path / "kill.svg"
    script = str(DOCS / "recording.py")
    subprocess.run([sys.executable, script, str(made)], check=True)
    check(made.read_text("utf-8"))
