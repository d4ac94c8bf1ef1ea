import wandb
from wandb.errors import CommError

wandb.login()
settings = wandb.Settings(silent="true")
run = wandb.init(entity="somebody", project="elsewhere", settings=settings, save_code=False)
run.name = f"lr {run.config.lr}"
run.tags = run.tags + ("tuned",)
run.notes = "changed"
wandb.alert(title="half way", text="still going", level=wandb.AlertLevel.INFO)
run.log_code(".")
wandb.termlog("a word")
try:
    raise CommError("nothing")
except wandb.Error:
    wandb.log({"loss": 1.5, "id_length": len(run.id)})
assert run.sweep_id and run.step == 1 and not run.disabled and run.offline
wandb.finish(exit_code=0)
