from argparse import Namespace

import wandb

wandb.init(config=Namespace(lr=3.0, gamma=0.5, name="model"))
args = Namespace(**wandb.config)
for epoch in range(args.epochs):
    wandb.log({"loss": args.lr * args.gamma**epoch})
assert "gamma" in wandb.config.keys()
assert wandb.config.get("missing", 3) == 3
