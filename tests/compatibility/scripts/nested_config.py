import wandb

run = wandb.init(config={"model": {"width": 1, "depth": 3}, "seed": 7})
width = run.config["model"]["width"]
assert wandb.config.model["width"] == width
for layer in range(run.config.model["depth"]):
    wandb.log({"layer": layer, "loss": width * run.config.lr / (layer + 1)})
