"""The live board of an agent on a terminal, and the log that scrolls below it."""

from __future__ import annotations
