import os
import subprocess
import sys

import wandb

rank = int(os.environ.get("RANK", "0"))
if rank == 0:
    run = wandb.init()
    epochs, lr = wandb.config.epochs, wandb.config.lr
    workers = [
        subprocess.Popen([sys.executable, __file__], env={**os.environ, "RANK": str(rank)})
        for rank in (1, 2)
    ]
else:
    run = wandb.init(mode="disabled")
    epochs, lr = 2, 0.0
for epoch in range(epochs):
    if rank == 0:
        run.log({"loss": lr * (epoch + 1)})
    else:
        run.log({"never": rank})
if rank == 0:
    assert [worker.wait() for worker in workers] == [0, 0]
run.finish()
