"""All runs of a sweep, or all that they logged, in the forms that other tools read."""

from __future__ import annotations
