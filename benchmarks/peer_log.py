"""Prints how many seconds one `log()` of a peer takes: `python peer_log.py wandb|trackio FOLDER`.

Run as a program of its own, with the peer on its search path; it loads nothing of ours.
"""

from __future__ import annotations

import importlib
import os
import sys
import time
from statistics import median

ROW = {"loss": 0.123456, "val_loss": 0.234567, "accuracy": 0.912345, "epoch": 17}
BATCHES, CALLS = 40, 50


def main(peer: str, folder: str) -> None:
    """Log some thousand rows, and print the median."""
    os.environ |= {"WANDB_MODE": "offline", "WANDB_DIR": folder, "TRACKIO_DIR": folder}
    package = importlib.import_module(peer)
    package.init(project="benchmark")
    took = []
    for _ in range(BATCHES):
        begin = time.perf_counter()
        for _ in range(CALLS):
            package.log(ROW)
        took.append((time.perf_counter() - begin) / CALLS)
    package.finish()
    sys.stdout.write(f"\nseconds {median(took)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
