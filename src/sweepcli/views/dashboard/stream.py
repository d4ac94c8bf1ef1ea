"""Server-sent events: a tick for each change, so that a page needs no reload and no polling."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Hashable

LOOK_S = 0.3  # between two looks, unless a look takes long
SHARE = 0.1  # of the time, at most, is spent on looking
ALIVE_S = 10.0  # a sign of life, by which a closed page is noticed


async def ticks(
    look: Callable[[], Hashable], is_over: Callable[[], bool], about: str | None
) -> AsyncIterator[str]:
    """Yield an event whenever what `look` returns has changed, until the server ends.

    `about` is the sweep that is looked at, if it is one.
    """
    seen: Hashable = object()
    said_at = 0.0
    while not is_over():
        start = time.monotonic()
        found = await run_in_threadpool(look)
        now = time.monotonic()
        if found != seen:
            seen, said_at = found, now
            yield f"event: change\ndata: {json.dumps({'sweep': about})}\n\n"
        elif now - said_at > ALIVE_S:
            said_at = now
            yield ": alive\n\n"
        await asyncio.sleep(max(LOOK_S, (now - start) / SHARE))
