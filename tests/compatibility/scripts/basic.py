import wandb

wandb.init(project="digits")
for epoch in range(wandb.config.epochs):
    wandb.log({"epoch": epoch, "loss": wandb.config.lr / (epoch + 1)})
