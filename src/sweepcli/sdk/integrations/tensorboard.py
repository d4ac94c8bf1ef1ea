"""W&B's bridge from TensorBoard: accepted, but nothing is logged through it."""

from __future__ import annotations

from functools import partial

from sweepcli.sdk import no_effect

patch = partial(
    no_effect.accept, "wandb.tensorboard.patch()", "call log() with what the sweep needs"
)
unpatch = patch
