"""Where each public name of `import sweepcli` is defined, so that it is loaded on first use.

Leaf module: imports nothing.
"""

from __future__ import annotations

# Accepted, with no effect on one machine, and why; scripts call them on a run, too.
NO_EFFECT = {
    "watch": "gradients are not recorded",
    "unwatch": "gradients are not recorded",
    "log_code": "the agent records the code of runs",
    "display": "there is no page to show",
    "to_html": "there is no page to show",
    "link_artifact": "there is no registry",
    "link_model": "there is no registry",
    "upsert_artifact": "an artifact is complete when it is logged",
    "finish_artifact": "an artifact is complete when it is logged",
    "pin_config_keys": "there is no page to show",
    "write_logs": "printed output is always saved",
    "status": "nothing is sent",
    "detach": "a run belongs to its process",
    "attach": "a run belongs to its process",
    "require": "there are no features to choose",
    "ensure_configured": "there is nothing to configure",
}

# Modules within `sweepcli`, and the names that they define.
DEFINED = {
    "errors": ("UsageError",),
    "sdk.public": (
        *("init", "config", "log", "summary", "finish", "join", "define_metric", "alert"),
        *("log_artifact", "use_artifact", "log_model", "use_model", "save", "restore"),
        *("mark_preempting", "login", "termlog", "termwarn", "termerror", "CommError", "Error"),
    ),
    "sdk.session": ("run",),
    "sdk.run": ("AlertLevel", "Run", "RunStopped"),
    "sdk.config": ("Config",),
    "sdk.no_effect": (
        *("ArtifactTTL", "Graph", "Settings", "controller", "setup", "teardown"),
        *NO_EFFECT,
    ),
    "sdk.media.artifacts": ("Artifact",),
    "sdk.media.data_types": (
        *("Audio", "Classes", "Html", "Image", "Molecule", "Object3D", "Plotly", "Video", "box3d"),
    ),
    "sdk.media.histogram": ("Histogram",),
    "sdk.media.plot": ("plot_table",),
    "sdk.media.table": ("EvalTable", "JoinedTable", "Table"),
    "sweeps.create": ("sweep",),
    "api.functions": ("agent",),
    "api.reading": ("Api", "read"),
}
HOMES = {name: module for module, names in DEFINED.items() for name in names}
MODULES = {
    "keras": "sdk.integrations.keras",
    "plot": "sdk.media.plot",
    "sklearn": "sdk.integrations.sklearn",
    "tensorboard": "sdk.integrations.tensorboard",
    "util": "ids",
}
PUBLIC = (*HOMES, *MODULES)
