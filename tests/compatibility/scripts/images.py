import numpy as np
import wandb

wandb.init()
rng = np.random.default_rng(3)
pictures = [wandb.Image(rng.random((6, 8, 3)), caption=f"sample {n}") for n in range(3)]
wandb.log({"loss": 0.5, "sample": wandb.Image(np.zeros((4, 6), dtype=np.uint8), caption="black")})
wandb.log({"loss": 0.25, "samples": pictures})
