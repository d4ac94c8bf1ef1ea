"""Starting agents by what a user has: this machine, a SLURM cluster, a Ray cluster."""

from __future__ import annotations
