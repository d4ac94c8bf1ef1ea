"""The names of W&B's environment variables that scripts use."""

from __future__ import annotations

DIR = "WANDB_DIR"
ENTITY = "WANDB_ENTITY"
MODE = "WANDB_MODE"
NAME = "WANDB_NAME"
PROJECT = "WANDB_PROJECT"
SILENT = "WANDB_SILENT"
