import wandb

wandb.init()
for epoch in range(wandb.config.epochs):
    wandb.log({"epoch": epoch, "val": {"loss": 1 / (epoch + 1), "top": {"k5": epoch}}, "loss": epoch})
