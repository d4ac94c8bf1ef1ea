"""The page in the browser: a small server on this machine, and the static files that it serves."""

from __future__ import annotations
