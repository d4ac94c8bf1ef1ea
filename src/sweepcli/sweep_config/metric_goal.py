"""Whether more of a metric is better, by its name. Pure."""

from __future__ import annotations

import re

_GREATER_IS_BETTER = frozenset(
    (
        *("acc", "accuracy", "correct", "top", "hit", "hits", "auc", "auroc", "auprc", "ap", "map"),
        *("f", "fbeta", "precision", "recall", "sensitivity", "specificity", "score", "r", "dice"),
        *("iou", "miou", "bleu", "rouge", "meteor", "psnr", "ssim", "ndcg", "mrr", "elbo", "win"),
        *("reward", "rewards", "rew", "return", "returns", "success", "likelihood", "throughput"),
    )
)
# What stands behind the word that says what is measured.
_OF_METRICS = frozenset(
    ("mean", "avg", "average", "total", "max", "best", "final", "epoch", "rate")
)


def is_better_greater(name: str) -> bool:
    """Return whether more of a metric is usually better, by its name, such as `val/acc`."""
    words = [word.rstrip("0123456789") or word for word in re.split(r"[\W_]+", name.lower())]
    if words[0] == "neg":  # scikit-learn's `neg_log_loss`
        return True
    while len(words) > 1 and (words[-1].isdigit() or words[-1] in _OF_METRICS):
        words.pop()
    return words[-1] in _GREATER_IS_BETTER
