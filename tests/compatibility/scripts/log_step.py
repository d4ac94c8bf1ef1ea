import wandb

run = wandb.init()
for epoch in range(run.config.epochs):
    wandb.log({"loss": 1.0 / (epoch + 1)}, step=epoch)
    wandb.log({"val_loss": 2.0 / (epoch + 1)}, step=epoch)
wandb.log({"late": 1}, step=0)
wandb.log({"test_loss": 0.5})
