"""Sweeps: created, given suggestions, changed, ended early, finished."""

from __future__ import annotations
