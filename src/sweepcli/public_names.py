"""Where each public name of `import sweepcli` is, so that nothing is loaded before it is used.

Leaf module: imports nothing.
"""

from __future__ import annotations

# Modules within `sweepcli`, and the names that they define.
DEFINED = {
    "sdk.public": (
        *("init", "log", "config", "summary", "define_metric", "finish", "join", "run"),
        *("login", "mark_preempting", "termlog", "termwarn", "termerror"),
        *("Config", "Run", "RunStopped", "CommError", "Error", "UsageError"),
    ),
    "sdk.table": ("EvalTable", "JoinedTable", "Table"),
    "sdk.media": (
        *("Audio", "Classes", "Html", "Image", "Molecule", "Object3D", "Plotly", "Video"),
    ),
    "sdk.histogram": ("Histogram",),
    "sdk.artifacts": ("Artifact",),
    "sdk.accepted": (
        *("AlertLevel", "ArtifactTTL", "Graph", "Settings", "box3d", "controller", "setup"),
        "teardown",
    ),
    "sdk.plot": ("plot_table",),
    "sweeps.create": ("sweep",),
    "api.functions": ("agent",),
    "api.reading": ("Api", "read"),
}
HOMES = {name: module for module, names in DEFINED.items() for name in names}
MODULES = {
    **{name: f"sdk.{name}" for name in ("keras", "plot", "sklearn", "tensorboard")},
    "util": "sdk.fresh_ids",
}

# Methods of a run beside those that every script uses, and the modules that define them.
RUN_METHODS = {
    **dict.fromkeys(("log_artifact", "log_model", "use_artifact", "use_model"), "sdk.artifacts"),
    **dict.fromkeys(("restore", "save"), "sdk.files"),
    "alert": "sdk.accepted",
}
OLDER_RUN_METHODS = (
    *("get_project_url", "get_sweep_url", "get_url", "join", "plot_table", "project_name"),
)

# What is taken and does nothing on one machine, and why; the first are methods of a run too.
WITHOUT_MEANING = {
    "watch": "gradients are not recorded",
    "unwatch": "gradients are not recorded",
    "log_code": "code is not kept",
    "display": "there is no page to show",
    "to_html": "there is no page to show",
    "link_artifact": "there is no registry",
    "link_model": "there is no registry",
    "upsert_artifact": "every artifact is whole when it is logged",
    "finish_artifact": "every artifact is whole when it is logged",
    "pin_config_keys": "there is no page to show",
    "write_logs": "what is printed is kept anyway",
    "status": "nothing is sent",
    "detach": "a run belongs to its process",
    "attach": "a run belongs to its process",
    "require": "there are no features to choose",
    "ensure_configured": "there is nothing to configure",
}

PUBLIC = (*HOMES, *MODULES, *RUN_METHODS, *WITHOUT_MEANING)
