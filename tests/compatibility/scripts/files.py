import os
import tempfile

import wandb

run = wandb.init()
folder = tempfile.mkdtemp()
path = os.path.join(folder, "model.txt")
with open(path, "w") as file:
    file.write("weights")
artifact = wandb.Artifact("model", type="model", metadata={"size": 7})
artifact.add_file(path)
run.log_artifact(artifact)
wandb.save(path, base_path=folder)
wandb.log({"loss": 0.125, "page": wandb.Html("<p>done</p>")})
assert os.path.isdir(run.dir)
