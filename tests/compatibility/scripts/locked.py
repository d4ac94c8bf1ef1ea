import wandb

run = wandb.init(config={"momentum": 0.1})
run.config.lr = 55
run.config["epochs"] = 99
run.config.update({"momentum": 0.9, "fresh": 1}, allow_val_change=True)
wandb.config.setdefaults({"momentum": 0.0, "late": "yes"})
for epoch in range(run.config.epochs):
    run.log({"loss": run.config.lr * run.config.momentum + epoch})
