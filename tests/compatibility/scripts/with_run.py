import wandb


def train():
    with wandb.init(job_type="train", tags=["sweep", "small"], notes="a note") as run:
        config = run.config
        best = None
        for step in range(config.epochs):
            loss = (config.lr - 0.3) ** 2 + 1 / (1 + step)
            best = loss if best is None else min(best, loss)
            run.log({"loss": loss, "best": best})
    assert wandb.run is None


train()
