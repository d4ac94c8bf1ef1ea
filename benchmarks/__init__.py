"""What sweepcli costs, beside a floor or a peer measured in turn in the same run."""

from __future__ import annotations
