import wandb

for fold in range(2):
    run = wandb.init(reinit=True, group="folds")
    for epoch in range(2):
        run.log({"fold": fold, "loss": fold + 1 / (epoch + 1)})
    run.finish()
