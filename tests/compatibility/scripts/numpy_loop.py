import numpy as np
import wandb


class Model:
    def __init__(self, lr):
        self.w = np.zeros(3)
        self.lr = lr

    def fit(self, X, y, run):
        for epoch in np.arange(run.config["epochs"]):
            error = X @ self.w - y
            self.w -= self.lr * X.T @ error / len(y)
            run.log({"epoch": epoch, "loss": (error**2).mean(), "w0": self.w[0]})


def main():
    run = wandb.init()
    rng = np.random.default_rng(42)
    X = rng.normal(size=(50, 3))
    Model(run.config.lr).fit(X, X @ np.array([1.0, -2.0, 0.5]), run)
    wandb.run.summary["norm"] = float(np.round(X.std(), 6))


main()
