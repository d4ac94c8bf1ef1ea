"""Who may see the page: the checks before every answer.

Other users of a machine reach its loopback address, and so does any site that the person's own
browser has open. So each request needs a cookie that the printed address alone brings; a Host
that names this machine (a foreign name that was bound to 127.0.0.1 is refused); and, where it
changes something, a header that no other site's form or picture can send.
"""

from __future__ import annotations

import html
import secrets
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, PlainTextResponse

from sweepcli.views.dashboard import connections

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOKEN = "token"  # noqa: S105 -- the name of the parameter
HEADER = "X-Sweepcli"
HOSTS = ("127.0.0.1", "localhost", "[::1]")  # with any port: `ssh -L` may give it another
READING = ("GET", "HEAD")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
SIGN_IN = "Not signed in: open the address that `sweep ui` has printed, with its token."


class Safety:
    """Lets through to an application what is safe, and answers everything else itself."""

    def __init__(self, app: ASGIApp, *, token: str, cookie: str) -> None:
        self._app = app
        self._token = token
        self._cookie = cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in ALWAYS.items():
                    headers.setdefault(name, value)
            await send(message)

        if scope["type"] != "http":  # no other is served
            return
        refusal = self._refusal(scope)
        if refusal is None:
            scope[connections.SIGNED_IN] = True
        answer = refusal or self._app
        await answer(scope, receive, send_with_headers)

    def _refusal(self, scope: Scope) -> Response | None:
        """Return what to answer in the application's place, None for a request that may pass."""
        headers = Headers(scope=scope)
        if not is_this_machine(headers.get("host", "")):
            return PlainTextResponse("This host name is not served.", 400)
        query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
        if TOKEN in query and scope["method"] in READING:
            return self._signed_in(scope["path"], query)
        if not self._is_signed_in(headers):
            return PlainTextResponse(SIGN_IN, 401)
        if scope["method"] not in READING and not _is_from_our_page(headers):
            return PlainTextResponse(f"A change needs the header {HEADER}.", 403)
        return None

    def _signed_in(self, path: str, query: dict[str, str]) -> Response:
        """Turn the token of an address into a cookie, and lead to the address without it.

        By a page, and not by a redirection: where a link of another site led here, such as that
        of a terminal in the browser, a strict cookie goes with what our own page asks for alone.
        """
        if not _is_same(query.pop(TOKEN), self._token):
            return PlainTextResponse("Wrong token: `sweep ui` makes a new one at each start.", 403)
        # One slash in front: "//other.site" would be an address of another site.
        target = "/" + path.lstrip("/") + (f"?{urlencode(query)}" if query else "")
        response = HTMLResponse(forward(target))
        response.set_cookie(self._cookie, self._token, httponly=True, samesite="strict", path="/")
        return response

    def _is_signed_in(self, headers: Headers) -> bool:
        try:
            found = SimpleCookie(headers.get("cookie", "")).get(self._cookie)
        except CookieError:
            return False
        return found is not None and _is_same(found.value, self._token)


def forward(target: str) -> str:
    """Return a page that leads to another address at once."""
    there = html.escape(target)
    return (
        '<!doctype html>\n<meta charset="utf-8">\n<title>sweepcli</title>\n'
        '<link rel="icon" href="data:,">\n'  # or browsers ask for one, and there is none
        f'<meta http-equiv="refresh" content="0; url={there}">\n<a href="{there}">Go on</a>\n'
    )


def is_this_machine(host: str) -> bool:
    """Return whether a Host header names this machine's loopback address."""
    name, colon, port = host.rpartition(":")
    if not colon or host.endswith("]"):
        name, port = host, ""
    return name.lower() in HOSTS and (port.isascii() and port.isdigit() if colon and port else True)


def _is_from_our_page(headers: Headers) -> bool:
    origin = headers.get("origin")
    is_ours = origin is None or origin == f"http://{headers.get('host')}"
    return is_ours and HEADER in headers


def _is_same(given: str, token: str) -> bool:
    return secrets.compare_digest(given.encode(), token.encode())
