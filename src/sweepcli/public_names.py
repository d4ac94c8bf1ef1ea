"""Where each public name of `import sweepcli` is, so that nothing is loaded before it is used.

Leaf module: imports nothing.
"""

from __future__ import annotations

# Names and the modules that define them, within `sweepcli`.
HOMES = {
    **dict.fromkeys(
        (
            *(
                "CommError",
                "Config",
                "Error",
                "Run",
                "RunStopped",
                "UsageError",
                "config",
                "define_metric",
            ),
            *("finish", "init", "join", "log", "login", "mark_preempting", "run", "summary"),
            *("termerror", "termlog", "termwarn"),
        ),
        "sdk.public",
    ),
    **dict.fromkeys(("EvalTable", "JoinedTable", "Table"), "sdk.table"),
    **dict.fromkeys(
        ("Audio", "Classes", "Html", "Image", "Molecule", "Object3D", "Plotly", "Video"),
        "sdk.media",
    ),
    "Histogram": "sdk.histogram",
    "Artifact": "sdk.artifacts",
    **dict.fromkeys(
        ("AlertLevel", "Graph", "Settings", "box3d", "controller", "setup", "teardown"),
        "sdk.accepted",
    ),
    "plot_table": "sdk.plot",
    "sweep": "api",
    "agent": "function_agent",
    **dict.fromkeys(("Api", "read"), "public_api"),
}
MODULES = {"keras": "sdk.keras", "plot": "sdk.plot", "util": "sdk.fresh_ids"}

# Methods of a run beside those that every script uses, and the modules that define them.
RUN_METHODS = {
    **dict.fromkeys(("log_artifact", "log_model", "use_artifact", "use_model"), "sdk.artifacts"),
    **dict.fromkeys(("restore", "save"), "sdk.files"),
    "alert": "sdk.accepted",
}

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
    "attach": "a run belongs to its process",
    "require": "there are no features to choose",
    "ensure_configured": "there is nothing to configure",
}

PUBLIC = (*HOMES, *MODULES, *RUN_METHODS, *WITHOUT_MEANING)
