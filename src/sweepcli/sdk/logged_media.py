"""What stands in the history for media: a short form that names their files."""

from __future__ import annotations

from sweepcli.errors import UsageError
from sweepcli.sdk.histogram import BINS_OF_AN_ARRAY, Histogram
from sweepcli.sdk.kept import Keeper, Media
from sweepcli.sdk.media import Image, Plotly
from sweepcli.sdk.table import Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


def kept(value: Any, keeper: Keeper, key: str) -> tuple[str, Any]:
    """Keep media, a list of them or another library's picture; return a name and a short form."""
    if isinstance(value, (list, tuple)):
        return key, _several([_as_media(each, key) for each in value], keeper, key)
    media = _as_media(value, key)
    name = key + media.suffix
    return name, media.kept(keeper, name)


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


def _several(media: list[Media], keeper: Keeper, key: str) -> Any:
    pictures = [each for each in media if isinstance(each, Image)]
    if len(pictures) == len(media):
        return _pictures(pictures, keeper, key)
    return [each.kept(keeper, f"{key}_{number}") for number, each in enumerate(media)]


def _pictures(pictures: Sequence[Image], keeper: Keeper, key: str) -> dict[str, Any]:
    forms = [picture.kept(keeper, f"{key}_{number}") for number, picture in enumerate(pictures)]
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
