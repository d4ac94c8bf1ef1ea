#!/bin/sh
# A program that knows of no tracker and only prints: Newton's way to a square root.
# usage: train_printed.sh --start=S --target=T
for word in "$@"; do
    case $word in
    --start=*) start=${word#*=} ;;
    --target=*) target=${word#*=} ;;
    esac
done
awk -v x="$start" -v target="$target" 'BEGIN {
    for (step = 1; step <= 8; step++) {
        x = (x + target / x) / 2
        error = x * x - target
        printf "step %d  x = %.6f  error: %.3e\n", step, x, error < 0 ? -error : error
    }
}'
