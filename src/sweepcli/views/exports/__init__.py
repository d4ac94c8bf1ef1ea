"""All runs of a sweep, or all that they logged, in formats that other tools read."""

from __future__ import annotations
