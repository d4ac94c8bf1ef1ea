#!/bin/sh
# A whole sweep, as one would type it: create, run five, look at the best.
set -eu
NUM=5
SWEEP=$(sweep --project sweep-demo sample_configs/random.yaml)
agent --count "$NUM" "$SWEEP"
echo
sweep runs "$SWEEP"
echo
echo "The best run:"
sweep best "$SWEEP"
