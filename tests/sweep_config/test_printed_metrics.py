"""Metrics in what programs of many kinds print, and the patterns that read them."""

from __future__ import annotations

import pytest

from sweepcli.sweep_config.patterns import compiled
from sweepcli.sweep_config.printed_metrics import Reads, Unclear, find

KERAS = "10/10 ━━ 0s 5ms/step - accuracy: 0.91 - loss: 0.32 - val_accuracy: 0.9 - val_loss: 0.35"
BAR = "100%|███| 10/10 [00:01<00:00, 9.5it/s, loss=0.3, acc=0.9]"
TRAINER = "{'loss': 0.3, 'grad_norm': 2.1, 'epoch': 1.0}\n{'eval_loss': 0.5, 'epoch': 1.0}"
LIGHTNING = "┃ Test metric ┃ DataLoader 0 ┃\n│   test_acc    │   0.9301  │\n│ test_loss │ 0.2 │"
MNIST = "Test set: Average loss: 0.1, Accuracy: {}/10000 ({}%)"
NESTED = '{"train": {"loss": 0.5}, "val": {"acc": 1, "loss": 0.6}}'


@pytest.mark.parametrize(
    ("metric", "text", "values"),
    [
        ("val_acc", "epoch 1: val_acc 0.91 (best 0.91)\nepoch 2: val_acc 0.8", [0.91, 0.8]),
        ("loss", '{"loss": 0.3}\n{"epoch": 2, "loss": 0.2}', [0.3, 0.2]),
        ("loss", 'INFO:root:{"epoch":1,"loss":0.5}', [0.5]),
        ("loss", TRAINER, [0.3]),
        ("eval_loss", TRAINER, [0.5]),
        ("loss", KERAS, [0.32]),
        ("val_loss", KERAS, [0.35]),
        ("loss", BAR, [0.3]),
        ("test_acc", LIGHTNING, [0.9301]),
        ("accuracy", "Accuracy: 0.93", [0.93]),
        ("accuracy", f"{MNIST.format(9800, 98)}\n{MNIST.format(9900, 99)}", [98, 99]),
        ("val_loss", "Train loss 0.5 | Val loss 0.6", [0.6]),
        ("val/loss", "train: loss 0.5 acc 0.1\nval: loss 0.6 acc 0.2", [0.6]),
        ("val.acc", "Validation accuracy: 93.1%", [93.1]),
        ("val.loss", NESTED, [0.6]),
        ("val.loss", '{"val_loss": 0.5, "val": {"loss": 0.6}}', [0.6]),
        ("val/loss", '{"val/loss": 0.6, "loss": 1}', [0.6]),
        ("loss", "loss: tensor(0.3456, grad_fn=<X>)", [0.3456]),
        ("loss", "{'loss': np.float64(0.25)}", [0.25]),
        ("loss", "loss:   0.5\nloss: 10.5", [0.5, 10.5]),
        ("loss", "my-loss: 3\nval_loss: 4\nx.loss: 5\nloss: 2", [2]),
        ("loss", "loss -0.5\nloss nan\nloss 1e-3", [-0.5, float("nan"), 1e-3]),
        ("loss", "**loss**: 0.4", [0.4]),
        ("loss", "| loss | 0.4 |", [0.4]),
        ("rmse", "RMSE -> 0.5", [0.5]),
        ("acc", "epoch 1 acc (93.1%)\nepoch 2 acc (94%)", [93.1, 94]),
        ("acc", "epoch 1 acc=(93.1%)\nepoch 2 acc=(94%)", [93.1, 94]),
        ("latency", "latency: 12.3ms", [12.3]),
        ("loss", "the loss is 0.5.", [0.5]),
    ],
)
def test_the_pattern_for_a_metric_reads_its_numbers_and_no_others(
    metric: str, text: str, values: list[float]
) -> None:
    lines = text.splitlines()
    found = find(lines, metric)

    assert isinstance(found, Reads)
    assert found.is_exact
    read = [compiled(found.pattern).values(line).get(metric) for line in lines]
    assert repr([value for value in read if value is not None]) == repr(values)
    assert (found.matches, repr(found.value)) == (len(values), repr(values[-1]))


@pytest.mark.parametrize(
    ("metric", "text"),
    [
        ("loss", "lossy 0.5\nfloss: 3\nthe loss was high, 0.5"),
        ("loss", "loss: 0,5"),
        ("loss", "loss: 1.2.3\nloss 3rd\nloss 12:30"),
        ("loss", "train_loss: 0.5 val_loss: 0.4"),
        ("mse", "MSE on test: 3.2"),
        ("mAP@0.5", "mAP@0.5: 0.3"),
        ("val/loss", ""),
    ],
)
def test_what_is_not_the_metric_s_number_has_no_pattern(metric: str, text: str) -> None:
    assert find(text.splitlines(), metric) is None


@pytest.mark.parametrize(
    "text", ["Train loss 0.5 | Val loss 0.6", NESTED, "loss 0.5\nvalidation loss 0.4"]
)
def test_no_pattern_mixes_the_parts_of_the_data(text: str) -> None:
    assert find(text.splitlines(), "loss") == Unclear(tuple(text.splitlines()))


@pytest.mark.parametrize(
    ("metric", "text", "name"),
    [("loss", "val_loss: 0.4", "val_loss"), ("val/loss", "loss: 0.4", "loss")],
)
def test_another_name_than_the_metric_s_is_told(metric: str, text: str, name: str) -> None:
    found = find([text], metric)
    assert isinstance(found, Reads)
    assert (found.is_exact, found.name, found.value) == (False, name, 0.4)
