import argparse

import wandb


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--momentum", type=float, default=0.9)
    return parser.parse_known_args()[0]


def main():
    args = parse()
    wandb.init()
    wandb.config.update(args)
    for epoch in range(wandb.config["epochs"]):
        wandb.log({"loss": wandb.config["lr"] * wandb.config["momentum"] ** epoch})


if __name__ == "__main__":
    main()
