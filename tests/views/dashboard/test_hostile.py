"""What is sent to the page by mistake or in bad faith: it answers with a sentence, and goes on."""

from __future__ import annotations

import http
import json
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import filled_store as filled
from served_page import Served, serving
from support import PATIENCE_S
from sweepcli.views.dashboard import connections, questions

SAID = "sweepcli: Serving the page at this address; Ctrl-C ends it\n"
OVER = "sweepcli: The page is no longer served\n"
CLOSE = "Connection: close"
CHANGE = ("POST /api/sweeps/s1/state", "X-Sweepcli: 1", "Content-Type: application/json", CLOSE)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a page that must say nothing about all that is sent to it."""
    results = str(tmp_path_factory.mktemp("hostile"))
    filled.fill(results, 30)
    with serving(results) as server:
        yield server
        server.process.send_signal(signal.SIGTERM)
        assert server.process.communicate(timeout=PATIENCE_S) == ("", SAID + OVER)


def refused(answer: bytes, status: int) -> str:
    """Return the sentence with which a request was refused."""
    head, _, body = answer.decode().partition("\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} "), answer
    is_json = "application/json" in head
    sentence: str = json.loads(body)["error"] if is_json else body
    assert " " in sentence
    return sentence


def is_well(page: Served) -> bool:
    reply = page.ask("/api/sweeps/s1")
    return (reply.status, reply.json["state"]) == (200, "running")


# What is asked

NUMBERS = ("-1", "1e3", "0x1", "%C2%B2", "1%00", "9" * 16, "9" * 5000, "%ED%A0%80")
FILTERS = {
    "deep": "(" * 900 + "1" + ")" * 900,
    "nested": "not " * 400 + "1",
    "long": "1" * 3000,
    "number": "number > " + "9" * 1900,
    "zero": "%00",
    "surrogate": "`%ED%A0%80` > 1",
    "quote": "'" * 1001,
    "unknown": "`" + "x" * 1500 + "` > 1",
}
IDS = ("%00", "%ED%A0%80", "%FF", "..%2F..", "x" * 9000, "'; DROP TABLE runs", "%E2%80%AE")


@pytest.mark.parametrize("text", NUMBERS)
@pytest.mark.parametrize("name", ["from", "attempt"])
def test_a_number_that_is_none_is_refused(page: Served, name: str, text: str) -> None:
    reply = page.ask(f"/api/runs/s1r1/output?{name}={text}")
    assert reply.status == 422
    assert f"{name}: " in reply.json["error"]
    assert "is not a whole number" in reply.json["error"]


@pytest.mark.parametrize("text", [*NUMBERS, *IDS[:3]])
def test_a_cursor_that_is_not_ours_brings_all_runs(page: Served, text: str) -> None:
    epoch = page.ask("/api/sweeps/s1/runs").json["cursor"].partition(":")[0]
    found = page.ask(f"/api/sweeps/s1/runs?since={epoch}:{text}").json
    assert found["full"]


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_that_cannot_be_read_is_refused(page: Served, name: str) -> None:
    text = FILTERS[name].replace(" ", "%20")
    reply = page.ask(f"/api/sweeps/s1/matching?filter={text}")
    if name == "number":  # larger than any number of a run
        assert reply.json == {"numbers": []}
    else:
        assert reply.status == 422
        assert reply.json["error"].startswith("filter: ")


@pytest.mark.parametrize("text", [each.replace(" ", "%20") for each in IDS])
def test_what_no_id_can_be_is_not_there(page: Served, text: str) -> None:
    for path in (f"/api/sweeps/{text}", f"/api/runs/{text}", f"/static/{text}"):
        reply = page.ask(path)
        assert (reply.status, list(reply.json)) == (404, ["error"])
    assert page.ask(f"/api/sweeps/s1/curves?runs={text}").status == 404


def test_more_runs_than_can_be_compared_are_left_out(page: Served) -> None:
    ids = ",".join(f"s1r{1 + each % 30}" for each in range(1000))
    assert page.ask(f"/api/sweeps/s1/curves?runs={ids}&key=%00").status == 200


@pytest.mark.parametrize(
    "request_line", ["DELETE /", "PUT /api/sweeps/s1", "POST /api/sweeps", "PATCH /sweep/s1"]
)
def test_another_kind_of_request_is_refused(page: Served, request_line: str) -> None:
    answer = page.raw(page.head(request_line, "X-Sweepcli: 1", CLOSE))
    refused(answer, 405)


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",  # TLS
        b"GET /\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 1_000_000 + b"\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused(page: Served, data: bytes) -> None:
    refused(page.raw(data), http.HTTPStatus.BAD_REQUEST)


def test_a_chunk_that_is_none_ends_the_connection(page: Served) -> None:
    head = page.head(*CHANGE, "Transfer-Encoding: chunked")
    refused(page.raw(head + b"not a number\r\n"), 400)
    assert is_well(page)


# Changes

BODIES = {
    "list": b'{"verb":[]}',
    "mapping": b'{"verb":{}}',
    "number": b'{"verb":' + b"1" * 4000 + b"}",
    "deep": b"[" * 4000,
    "deep verb": b'{"verb":' + b"[" * 3000 + b"]" * 1000,
    "surrogate": b'{"verb":"\\ud800"}',
    "no text": b"\xff\xfe\xfd",
    "nothing": b"",
    "NaN": b'{"verb":NaN}',
    "null": b"null",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_body_that_is_no_change_is_refused(page: Served, body: bytes) -> None:
    answer = page.raw(page.head(*CHANGE, f"Content-Length: {len(body)}") + body)
    assert "is not one of stop, cancel, pause, resume" in refused(answer, 422)
    assert is_well(page)


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data", "", "application/json5"])
def test_a_change_of_another_type_is_refused(page: Served, kind: str) -> None:
    body = b'{"verb":"cancel"}'
    request = (CHANGE[0], "X-Sweepcli: 1", f"Content-Type: {kind}", CLOSE)
    answer = page.raw(page.head(*request, f"Content-Length: {len(body)}") + body)
    assert "application/json" in refused(answer, 415)
    assert is_well(page)


@pytest.mark.parametrize("length", ["Content-Length: 9000000000", "Transfer-Encoding: chunked"])
def test_a_body_of_gigabytes_is_refused_before_it_has_come(page: Served, length: str) -> None:
    chunk = b"%x\r\n%s\r\n" % (65_536, b" " * 65_536)
    answer = page.raw(page.head(*CHANGE, length), *[chunk] * 16_384)  # a gigabyte, if it is taken
    assert f"at most {questions.LARGEST_BODY} bytes" in refused(answer, 413)


@pytest.mark.parametrize("cookie", [True, False])
def test_a_body_that_nobody_wants_is_not_taken_for_long(page: Served, *, cookie: bool) -> None:
    head = page.head("GET /api/sweeps", "Transfer-Encoding: chunked")
    if not cookie:
        head = head.replace(b"Cookie", b"Biscuit")
    with page.connected() as line:
        line.sendall(head)
        with pytest.raises(ConnectionError):
            send_without_end(line)


def send_without_end(line: socket.socket) -> None:
    while True:
        line.sendall(b"%x\r\n%s\r\n" % (65_536, b" " * 65_536))


# Connections


def test_strangers_who_connect_and_wait_keep_nobody_out(page: Served) -> None:
    with ExitStack() as all_of_them:
        lines = [all_of_them.enter_context(page.connected()) for _ in range(3 * connections.MOST)]
        for line in lines[::2]:
            with_nothing_more(line, b"GET / HTTP/1.1\r\nHo")
        for line in lines[1::2]:  # answered, which they do not read
            with_nothing_more(line, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" * 500)
        assert is_well(page)


def with_nothing_more(line: socket.socket, data: bytes) -> None:
    line.setblocking(False)  # noqa: FBT003 -- the library's
    try:
        line.send(data)
    except OSError:  # it was closed, or is not read
        return


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_soon_whoever_is_connected(tmp_path: Path, number: signal.Signals) -> None:
    filled.fill(str(tmp_path), 5)
    with serving(str(tmp_path)) as page, ExitStack() as all_of_them:
        started = {
            "open": page.head("GET /api/events"),
            "half a head": page.head("GET /api/sweeps")[:-2],
            "half a body": page.head(*CHANGE, "Content-Length: 10") + b"{",
            "half a chunk": page.head(*CHANGE, "Transfer-Encoding: chunked") + b"10\r\n{",
            "nothing": b"",
        }
        lines = {name: all_of_them.enter_context(page.connected()) for name in started}
        for name, data in started.items():
            lines[name].sendall(data)
        assert lines["open"].recv(10)
        assert is_well(page)  # it has read all of them

        page.process.send_signal(number)
        told = page.process.communicate(timeout=PATIENCE_S)

    assert (page.process.returncode, *told) == (0, "", SAID + OVER)


@pytest.mark.slow
def test_it_ends_though_a_server_does_not_answer(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        url = f"postgresql://me@127.0.0.1:{port}/there?connect_timeout=900"
        with serving(str(tmp_path), "--store", url) as page, page.connected() as line:
            line.sendall(page.head("GET /api/sweeps"))
            silent.settimeout(PATIENCE_S)
            with silent.accept()[0] as asked:
                assert asked.recv(1)
                page.process.send_signal(signal.SIGINT)
                told = page.process.communicate(timeout=PATIENCE_S)

    assert (page.process.returncode, *told) == (0, "", SAID + OVER)
