import wandb

wandb.init()
for epoch in range(wandb.config.epochs):
    wandb.log({"train/loss": 1 / (epoch + 1)}, commit=False)
    wandb.log({"train/acc": 0.1 * epoch}, commit=False)
    wandb.log({"val/acc": 0.2 * epoch})
wandb.log({"left": 1}, commit=False)
