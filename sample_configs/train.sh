#!/usr/bin/env bash
# Fit y = w x to five points by gradient descent. Bash has no fractions: all is in thousandths.
set -euo pipefail

lr=${SWEEPCLI_PARAM_lr_percent:-3}
epochs=${SWEEPCLI_PARAM_epochs:-10}
events=${SWEEPCLI_EVENTS:-/dev/stdout}
xs=(1 2 3 4 5)
ys=(3100 5900 9200 11800 15100)

w=0
for ((epoch = 0; epoch < epochs; epoch++)); do
    slope=0 loss=0
    for i in "${!xs[@]}"; do
        error=$((w * xs[i] - ys[i]))
        slope=$((slope + 2 * error * xs[i] / ${#xs[@]}))
        loss=$((loss + error * error / 1000 / ${#xs[@]}))
    done
    printf '{"epoch": %d, "loss": %d.%03d}\n' "$epoch" $((loss / 1000)) $((loss % 1000)) >>"$events"
    w=$((w - lr * slope / 100))
done
