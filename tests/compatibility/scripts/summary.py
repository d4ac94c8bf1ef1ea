import wandb

run = wandb.init()
for epoch in range(run.config.epochs):
    run.log({"loss": 1 / (epoch + 1), "acc": epoch / 10})
wandb.summary["best_acc"] = 0.75
run.summary.update({"final": 3, "note": "done"})
run.summary["acc"] = 0.99
wandb.run.summary["confusion"] = {"tp": 3, "fp": 1}
