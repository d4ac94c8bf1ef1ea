"""Who may see and change what: each attack with the answer that it gets."""

from __future__ import annotations

import os
import socket
from urllib.parse import urlsplit

import pytest

from served_page import Served
from sweepcli.views.dashboard import safety

PLACES = ("/", "/sweep/s1", "/api/sweeps", "/api/events", "/static/app.js", "/nowhere")


@pytest.mark.parametrize("place", PLACES)
def test_nothing_is_shown_to_who_has_no_cookie(served: Served, place: str) -> None:
    reply = served.ask(place, Cookie=None)
    assert reply.status == 401
    assert "sweep ui" in reply.text


@pytest.mark.parametrize(
    "cookie", ["sweepcli={}", "x=y", "", "sweepcli-1={}", ";;=\x7f", "a" * 999]
)
def test_a_wrong_cookie_is_none(served: Served, cookie: str) -> None:
    assert served.ask("/api/sweeps", Cookie=cookie.format(served.token)).status == 401


def test_the_token_becomes_a_cookie_that_no_script_and_no_other_site_gets(served: Served) -> None:
    reply = served.ask(f"/sweep/s1?x=1&token={served.token}", Cookie=None)

    assert reply.status == 200
    assert 'content="0; url=/sweep/s1?x=1"' in reply.text
    assert served.token not in reply.text
    cookie = reply.headers["set-cookie"].lower()
    assert {"httponly", "samesite=strict", "path=/"} <= set(cookie.split("; "))


def test_a_wrong_token_brings_no_cookie(served: Served) -> None:
    reply = served.ask("/?token=guess", Cookie=None)
    assert reply.status == 403
    assert "set-cookie" not in reply.headers


def test_the_way_from_the_token_leads_to_no_other_site(served: Served) -> None:
    reply = served.ask(f"//evil.example/x?token={served.token}", Cookie=None)
    assert 'url=/evil.example/x"' in reply.text


def test_the_way_from_the_token_carries_no_markup(served: Served) -> None:
    reply = served.ask(f'/%22%3E%3Cscript%3Ex?a="<b>&token={served.token}', Cookie=None)
    assert "<script>" not in reply.text
    assert "<b>" not in reply.text


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:6789", "127.0.0.1.evil.example", ""]
)
def test_a_name_that_was_bound_to_this_machine_is_not_served(served: Served, host: str) -> None:
    reply = served.ask("/api/sweeps", Host=host)
    assert reply.status == 400
    assert "s1" not in reply.text


@pytest.mark.parametrize(
    ("host", "is_ours"),
    [
        ("127.0.0.1:6789", True),
        ("LOCALHOST:9", True),
        ("localhost", True),
        ("[::1]:6789", True),
        ("[::1]", True),
        ("127.0.0.1:", True),
        ("127.0.0.1:80@evil.example", False),
        ("127.0.0.2", False),
        ("::1", False),
        ("evil.example:127.0.0.1", False),
    ],
)
def test_this_machine_is_told_by_its_names(host: str, is_ours: bool) -> None:
    assert safety.is_this_machine(host) is is_ours


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"X-Sweepcli": "1", "Origin": "http://evil.example"},
        {"X-Sweepcli": "1", "Origin": "null"},
    ],
)
def test_another_site_changes_nothing(served: Served, headers: dict[str, str]) -> None:
    reply = served.ask("/api/sweeps/s1/state", "POST", {"verb": "cancel"}, **headers)
    assert reply.status == 403
    assert served.ask("/api/sweeps/s1").json["state"] == "running"


def test_a_change_cannot_be_asked_for_by_a_link(served: Served) -> None:
    assert served.ask("/api/sweeps/s1/state?verb=cancel").status == 405


@pytest.mark.parametrize("place", [*PLACES, "/api/sweeps/none"])
def test_every_answer_has_the_headers_that_keep_it_safe(served: Served, place: str) -> None:
    if place == "/api/events":  # an answer without end
        return
    headers = served.ask(place).headers

    assert headers["content-security-policy"] == safety.POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        "/static/../application.py",
        "/static/%2e%2e/application.py",
        "/static/..%2fapplication.py",
        "/static//etc/passwd",
        "/api/runs/..%2f..%2fsweeps.db/output",
        "/api/runs/s1r1/output?attempt=../../..",
    ],
)
def test_no_path_leads_out_of_what_is_served(served: Served, path: str) -> None:
    reply = served.ask(path)

    assert reply.status in (404, 422)
    assert "root:" not in reply.text
    assert "import" not in reply.text


def test_a_link_in_a_run_s_folder_leads_nowhere(served: Served) -> None:
    folder = os.path.join(served.results, "someone", "things", "s1", "runs", "s1r1", "1")
    os.makedirs(folder)
    os.symlink("/etc/passwd", os.path.join(folder, "output.log"))

    reply = served.ask("/api/runs/s1r1/output")

    assert reply.json["text"] == ""
    assert "not here" in reply.json["missing"]


def test_it_listens_on_the_loopback_address_alone(served: Served) -> None:
    port = urlsplit(served.address).port
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as other:
        # Binding every other address of the port works only where nobody listens on all of them.
        other.bind(("127.0.0.2", port))

    assert served.host.startswith("127.0.0.1:")
