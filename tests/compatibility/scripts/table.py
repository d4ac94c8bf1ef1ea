import wandb

run = wandb.init()
table = wandb.Table(columns=["id", "prediction", "score"])
for number in range(3):
    table.add_data(number, f"class {number}", number / 10)
run.log({"predictions": table, "loss": 0.5})
other = wandb.Table(data=[[1, 2.5], [3, 4.5]], columns=["x", "y"])
wandb.log({"points": other, "loss": 0.25})
