import wandb

run = wandb.init()
run.log({"loss": 3.0})
run.log({"loss": 2.0})
raise RuntimeError("out of luck")
