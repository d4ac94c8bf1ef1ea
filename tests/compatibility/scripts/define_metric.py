import wandb

run = wandb.init()
wandb.define_metric("epoch")
wandb.define_metric("acc", step_metric="epoch", summary="max")
run.define_metric("loss", summary="min,max,mean,last")
run.define_metric("train/*", step_metric="epoch", summary="mean")
run.define_metric("hidden", summary="none")
for epoch in range(wandb.config.epochs):
    row = {"epoch": epoch, "acc": [0.1, 0.7, 0.4, 0.6][epoch % 4], "loss": [3, 1, 2, 4][epoch % 4]}
    wandb.log({**row, "train/a": epoch, "train/b": -epoch, "hidden": epoch})
