"""What people see, on the command line and from Python: text made of records."""

from __future__ import annotations
