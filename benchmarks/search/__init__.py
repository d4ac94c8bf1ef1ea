"""How good the search methods are, beside the engines of others: `make bench-search`."""

from __future__ import annotations
