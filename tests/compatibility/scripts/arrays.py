import numpy as np
import wandb

wandb.init()
rng = np.random.default_rng(0)
weights = rng.normal(size=(8, 8))
for epoch in range(wandb.config.epochs):
    wandb.log(
        {
            "loss": np.float32(0.5 / (epoch + 1)),
            "step": np.int64(epoch),
            "done": np.bool_(epoch == 2),
            "scalar": np.array(1.5),
            "small": np.arange(4) * epoch,
            "weights": weights,
            "histogram": wandb.Histogram(np.linspace(0, 1, 101), num_bins=10),
            "tuple": (1, 2),
            "text": "ok",
            "list": [1.5, None, "x"],
        }
    )
