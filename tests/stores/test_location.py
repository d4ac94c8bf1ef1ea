from __future__ import annotations

import pytest

from sweepcli import env
from sweepcli.stores.location import Location, here


def test_options_say_what_the_environment_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(env.DIR, "/here")
    url = "postgresql://ada:secret@db/sweeps"

    elsewhere = Location("/a b", url).options

    assert elsewhere == " --dir '/a b' --store postgresql://ada@db/sweeps"
    assert (here().options, Location("/here", None).options) == ("", "")
    monkeypatch.setenv(env.STORE, url)
    assert Location("/here", url).options == ""
