"""The page in the browser: a small server on this machine, and the static files that it serves.

`server` and `application` answer requests, `safety` checks them, `answers` and `changes` read the
store, and `page` puts the files together. `static/` draws: `sweep.js` is the page of a sweep.
"""

from __future__ import annotations
