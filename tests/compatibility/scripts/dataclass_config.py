from dataclasses import asdict, dataclass, field

import wandb


@dataclass
class Config:
    lr: float = 7.0
    epochs: int = 1
    secret: str = "no"
    model: dict = field(default_factory=lambda: {"width": 2, "kind": "mlp"})


def run_training(config):
    for epoch in range(config.epochs):
        yield {"loss": config.lr / (epoch + 1), "width": config.model["width"]}


wandb.init(config=asdict(Config()), config_exclude_keys=["secret"])
config = Config(**{k: wandb.config[k] for k in ("lr", "epochs", "model")})
for row in run_training(config):
    wandb.log(row)
