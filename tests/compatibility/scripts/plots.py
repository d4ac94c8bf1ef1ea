import wandb

run = wandb.init()
table = wandb.Table(data=[[x, x * x] for x in range(5)], columns=["x", "y"])
wandb.log({"curve": wandb.plot.line(table, "x", "y", title="Squares"), "loss": 0.1})
matrix = wandb.plot.confusion_matrix(y_true=[0, 1, 1], preds=[0, 1, 0], class_names=["no", "yes"])
wandb.log({"matrix": matrix, "loss": 0.2})
series = wandb.plot.line_series(xs=[0, 1, 2], ys=[[1, 2, 3], [3, 2, 1]], keys=["a", "b"])
wandb.log({"series": series})
