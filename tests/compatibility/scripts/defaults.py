import wandb

defaults = dict(lr=0.9, epochs=99, optimizer="adam", layers=[16, 8], schedule={"warmup": 5})
wandb.init(config=defaults)
config = dict(wandb.config)
assert config["optimizer"] == "adam"
for epoch in range(config["epochs"]):
    metrics = {"loss": config["lr"] + epoch, "width": sum(config["layers"])}
    metrics["warm"] = min(1.0, epoch / config["schedule"]["warmup"])
    wandb.log(metrics)
