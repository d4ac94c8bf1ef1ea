import math
import sys

import wandb

wandb.init()
for value in (1.0, math.nan, math.inf, -math.inf, 0.25):
    wandb.log({"loss": value, "flag": True, "nothing": None})
sys.exit(0)
