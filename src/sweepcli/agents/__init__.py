"""An agent: it claims runs, watches them and records how they end, until nothing is left."""

from __future__ import annotations
