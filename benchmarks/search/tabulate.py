"""Train scikit-learn's models over grids of their settings, and keep the errors in a small file.

Run once, with scikit-learn 1.9.1, for about half an hour of one core:

    python -m benchmarks.search.tabulate benchmarks/search/real_tasks.json

Each table has a list for each axis, and one error for each combination, the last axis fastest.
"""

from __future__ import annotations

import itertools
import json
import sys
import warnings
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np
from sklearn import datasets
from sklearn.decomposition import PCA
from sklearn.ensemble import GradientBoostingClassifier, RandomForestRegressor
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import ElasticNet, LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, PolynomialFeatures, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

Axes = dict[str, list[Any]]


def powers(low: float, high: float, count: int) -> list[float]:
    """Return numbers between two powers of ten, evenly spaced in their logarithm."""
    return [float(f"{value:.6g}") for value in np.logspace(low, high, count)]


AXES: dict[str, Axes] = {
    "svm_digits": {"C": powers(-2, 3, 14), "gamma": powers(-5, 0, 14)},
    "svm_wine": {
        "C": powers(-2, 3, 9),
        "gamma": powers(-4, 1, 9),
        "kernel": ["rbf", "poly", "sigmoid"],
        "shrinking": [True, False],
        "scale": [True, False],
    },
    "boosting_breast": {
        "learning_rate": powers(-2.5, 0, 7),
        "n_estimators": [5, 15, 30, 50, 75, 100],
        "max_depth": [1, 2, 3, 4, 6],
        "subsample": [0.3, 0.5, 0.7, 1.0],
    },
    "forest_diabetes": {
        "max_depth": [1, 2, 3, 4, 6, 8, 12],
        "min_samples_leaf": [1, 2, 4, 8, 16, 32],
        "max_features": [0.1, 0.2, 0.35, 0.5, 0.75, 1.0],
        "bootstrap": [True, False],
    },
    "mlp_digits": {
        "learning_rate_init": powers(-4, -0.5, 8),
        "alpha": powers(-5, 1, 4),
        "width": [8, 16, 32, 64],
        "activation": ["relu", "tanh", "logistic"],
    },
    "logistic_breast": {
        "C": powers(-4, 4, 17),
        "penalty": [0.0, 1.0],
        "scale": ["none", "standard", "minmax"],
        "class_weight": [None, "balanced"],
    },
    "neighbours_digits": {
        "n_neighbors": list(range(1, 26, 2)),
        "weights": ["uniform", "distance"],
        "p": [1, 1.5, 2, 3],
        "components": [2, 4, 8, 16, 32],
    },
    "elastic_net_diabetes": {
        "alpha": powers(-4, 2, 13),
        "l1_ratio": [0.01, 0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 0.99],
        "degree": [1, 2],
        "scale": [True, False],
    },
    "tree_wine": {
        "max_depth": list(range(1, 13)),
        "min_samples_split": [2, 4, 8, 16, 32, 64],
        "min_samples_leaf": [1, 2, 4, 8, 16, 32],
        "criterion": ["gini", "entropy"],
        "splitter": ["best", "random"],
    },
    "ridge_diabetes": {
        "alpha": powers(-4, 2, 12),
        "gamma": powers(-4, 1, 12),
        "kernel": ["rbf", "laplacian", "polynomial"],
    },
}


def model(task: str, at: dict[str, Any]) -> Any:  # noqa: ANN401, PLR0911 -- scikit-learn has no types; one line for each task
    """Return the model that a task trains at some settings."""
    scale = [StandardScaler()] if at.get("scale") in (True, "standard") else []
    match task:
        case "svm_digits":
            return SVC(C=at["C"], gamma=at["gamma"])
        case "svm_wine":
            rest = {key: value for key, value in at.items() if key != "scale"}
            return make_pipeline(*scale, SVC(**rest, max_iter=20_000))
        case "boosting_breast":
            return GradientBoostingClassifier(random_state=0, max_features=0.5, **at)
        case "forest_diabetes":
            return RandomForestRegressor(n_estimators=30, random_state=0, **at)
        case "mlp_digits":
            rest = {key: value for key, value in at.items() if key != "width"}
            layers = (at["width"],)
            return make_pipeline(
                MinMaxScaler(), MLPClassifier(layers, max_iter=15, random_state=0, **rest)
            )
        case "logistic_breast":
            scale = [MinMaxScaler()] if at["scale"] == "minmax" else scale
            fit = LogisticRegression(
                C=at["C"],
                l1_ratio=at["penalty"],
                solver="liblinear",
                class_weight=at["class_weight"],
            )
            return make_pipeline(*scale, fit)
        case "neighbours_digits":
            rest = {key: value for key, value in at.items() if key != "components"}
            return make_pipeline(
                PCA(at["components"], random_state=0), KNeighborsClassifier(**rest)
            )
        case "elastic_net_diabetes":
            fit = ElasticNet(alpha=at["alpha"], l1_ratio=at["l1_ratio"], max_iter=3_000)
            return make_pipeline(PolynomialFeatures(at["degree"]), *scale, fit)
        case "tree_wine":
            return DecisionTreeClassifier(random_state=0, **at)
        case _:
            return make_pipeline(StandardScaler(), KernelRidge(**at))


def data(task: str) -> tuple[Any, Any, str]:
    """Return the features, the targets and what is scored."""
    name = task.rpartition("_")[2]
    if name == "digits":
        x, y = datasets.load_digits(return_X_y=True)
        return x[:900], y[:900], "accuracy"
    if name == "diabetes":
        return *datasets.load_diabetes(return_X_y=True), "r2"
    load = {"wine": datasets.load_wine, "breast": datasets.load_breast_cancer}[name]
    return *load(return_X_y=True), "neg_log_loss" if task == "boosting_breast" else "accuracy"


def error(job: tuple[str, tuple[Any, ...]]) -> float:
    """Return the error of a task at one combination, by cross-validation in 4 parts."""
    warnings.simplefilter("ignore")
    task, values = job
    x, y, scoring = data(task)
    made = model(task, dict(zip(AXES[task], values, strict=True)))
    score = float(np.mean(cross_val_score(made, x, y, cv=4, scoring=scoring)))
    found = -score if scoring == "neg_log_loss" else 1 - score
    return float(f"{min(found, 3.0):.4g}")  # a model that has gone astray says no more than that


def main(path: str) -> None:
    """Fill the tables, and write them."""
    tables = {}
    with ProcessPoolExecutor(2) as pool:
        for task, axes in AXES.items():
            jobs = [(task, values) for values in itertools.product(*axes.values())]
            tables[task] = {"axes": axes, "errors": list(pool.map(error, jobs, chunksize=8))}
            sys.stderr.write(f"{task}: {len(jobs)}\n")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(tables, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
