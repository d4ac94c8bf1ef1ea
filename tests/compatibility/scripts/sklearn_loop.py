from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score

import wandb

wandb.init(project="iris", name="logistic")
X, y = load_iris(return_X_y=True)
scores = cross_val_score(LogisticRegression(C=wandb.config.lr, max_iter=500), X, y, cv=3)
for fold, score in enumerate(scores):
    wandb.log({"fold": fold, "fold_accuracy": score})
wandb.log({"accuracy": scores.mean(), "std": scores.std()})
wandb.finish()
