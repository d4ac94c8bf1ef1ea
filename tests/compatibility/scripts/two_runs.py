import time

import wandb

for fold in range(2):
    run = wandb.init(reinit=True, group="folds")
    for epoch in range(2):
        run.log({"fold": fold, "loss": fold + 1 / (epoch + 1)})
    run.finish()
    # wandb 0.19 names a run's folder by the second alone: a run that begins in the same one
    # overwrites the log of the last.
    finished_at = int(time.time())
    while int(time.time()) == finished_at:
        time.sleep(0.01)
