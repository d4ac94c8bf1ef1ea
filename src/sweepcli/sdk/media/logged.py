"""Logged media as they appear in the history: a short form that names their files."""

from __future__ import annotations

from sweepcli.errors import UsageError
from sweepcli.sdk.media.data_types import Image, Plotly
from sweepcli.sdk.media.files import Media, MediaFolder
from sweepcli.sdk.media.histogram import BINS_OF_AN_ARRAY, Histogram
from sweepcli.sdk.media.table import Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


def form(value: Any, folder: MediaFolder, key: str) -> tuple[str, Any]:
    """Save media, a list of them or another library's objects; return their name and form.

    Raises UsageError if a list mixes media with other values.
    """
    if isinstance(value, (list, tuple)):
        return key, _several([_as_media(each, key) for each in value], folder, key)
    media = _as_media(value, key)
    name = key + media.suffix
    return name, media.history_form(folder, name)


def _as_media(value: Any, key: str) -> Media:
    if isinstance(value, Media):
        return value
    if hasattr(value, "to_plotly_json"):
        return Plotly(value)
    if hasattr(value, "to_records"):
        return Table(dataframe=value)
    if any(hasattr(value, name) for name in ("savefig", "get_figure", "getbands")):
        return Image(value)
    if hasattr(value, "shape"):
        return Histogram(value, num_bins=BINS_OF_AN_ARRAY)
    raise UsageError(f"log(): '{key}' mixes media with a {type(value).__name__}")


def _several(media: list[Media], folder: MediaFolder, key: str) -> Any:
    pictures = [each for each in media if isinstance(each, Image)]
    if len(pictures) == len(media):
        return _pictures(pictures, folder, key)
    return [each.history_form(folder, f"{key}_{number}") for number, each in enumerate(media)]


def _pictures(pictures: Sequence[Image], folder: MediaFolder, key: str) -> dict[str, Any]:
    forms = [
        picture.history_form(folder, f"{key}_{number}") for number, picture in enumerate(pictures)
    ]
    captions = [picture.caption or "" for picture in pictures]
    about: dict[str, Any] = {
        name: forms[0][name] for name in ("width", "height", "format") if name in forms[0]
    }
    return {
        "_type": "images/separated",
        **about,
        "count": len(forms),
        "filenames": [form["path"] for form in forms],
        "captions": captions if any(captions) else False,
    }
