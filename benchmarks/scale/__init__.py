"""How far the two stores carry: many agents, large sweeps, a server's load."""

from __future__ import annotations
