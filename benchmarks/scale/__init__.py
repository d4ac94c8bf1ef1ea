"""How far the two stores carry: many agents at once, large sweeps, and what a server has to bear."""

from __future__ import annotations
