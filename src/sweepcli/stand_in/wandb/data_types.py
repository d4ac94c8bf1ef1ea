"""W&B's media under the name of the module that defines them there."""

from __future__ import annotations

from sweepcli.sdk.histogram import Histogram
from sweepcli.sdk.media import Audio, Classes, Html, Image, Molecule, Object3D, Plotly, Video
from sweepcli.sdk.table import JoinedTable, Table

__all__ = [
    "Audio",
    "Classes",
    "Histogram",
    "Html",
    "Image",
    "JoinedTable",
    "Molecule",
    "Object3D",
    "Plotly",
    "Table",
    "Video",
]
