"""What a request asks, or why it cannot be answered: nothing that arrives is taken on trust."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from sweepcli.errors import UsageError
from sweepcli.sweeps import states
from sweepcli.values import whole

if TYPE_CHECKING:
    from starlette.requests import Request

LARGEST_BODY = 4096  # bytes; ours have thirty
BODY_S = 10.0  # until all of it has arrived
LONGEST_NUMBER = 15  # digits: what every database and browser has as it is
SHOWN = 60  # characters of what was asked, in the answer that refuses it


def number(request: Request, name: str) -> int | None:
    """Return a whole number from 0 in the query, None where there is none."""
    text = request.query_params.get(name, "")
    if not text:
        return None
    found = whole(text, LONGEST_NUMBER)
    if found is None:
        raise UsageError(f"{name}: {text[:SHOWN]!r} is not a whole number, or too large")
    return found


def is_number(text: str) -> bool:
    """Return whether a text is a whole number from 0 that is not too large."""
    return whole(text, LONGEST_NUMBER) is not None


async def verb(request: Request) -> str:
    """Return the change of a sweep's state that a request asks for."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise HTTPException(415, "A change is asked for in JSON (application/json).")
    try:
        body = json.loads(await _body(request))
    except (ValueError, RecursionError):  # no JSON, no text, or nested too deep
        body = None
    found = body.get("verb") if isinstance(body, dict) else None
    if not isinstance(found, str) or found not in states.CHANGES:
        shown = repr(found)[:SHOWN]
        raise UsageError(f"{shown} is not one of {', '.join(states.CHANGES)}")
    return found


async def _body(request: Request) -> bytes:
    too_large = HTTPException(413, f"A change has at most {LARGEST_BODY} bytes.")
    length = request.headers.get("content-length", "0")
    if not is_number(length) or int(length) > LARGEST_BODY:
        raise too_large
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            async for piece in request.stream():
                body += piece
                if len(body) > LARGEST_BODY:
                    raise too_large
    except TimeoutError:
        raise HTTPException(408, "The change did not arrive in time.") from None
    except ClientDisconnect:
        raise HTTPException(400, "The change did not arrive.") from None
    return bytes(body)
