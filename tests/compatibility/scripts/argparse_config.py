import argparse

import wandb

parser = argparse.ArgumentParser()
parser.add_argument("--script")
parser.add_argument("--model")
parser.add_argument("--lr", type=float, default=0.5)
parser.add_argument("--epochs", type=int, default=1)
parser.add_argument("--batch_size", type=int, default=32)
parser.add_argument("--dropout", type=float, default=0.25)
args = parser.parse_args()

run = wandb.init(config={k: v for k, v in vars(args).items() if k not in ("script", "model")})
cfg = wandb.config
for epoch in range(cfg.epochs):
    run.log({"loss": cfg.lr * cfg.dropout * (epoch + 1), "batch": cfg.batch_size})
