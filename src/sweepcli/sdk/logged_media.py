"""What stands in the history for media: a short form that names their files."""

from __future__ import annotations

from sweepcli.errors import UsageError
from sweepcli.sdk.kept import Keeper, Media

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from sweepcli.sdk.media import Image

CHART = "{}_table"  # W&B's name for the data of a ready-made chart


def kept(value: Any, keeper: Keeper, key: str) -> tuple[str, Any]:
    """Keep media, a list of them or another library's picture; return a name and a short form."""
    if isinstance(value, (list, tuple)):
        return key, _several([_as_media(each, key) for each in value], keeper, key)
    from sweepcli.sdk import plot  # noqa: PLC0415 -- for scripts that log media

    media = _as_media(value, key)
    if isinstance(media, plot.Chart):
        key = CHART.format(key)
    return key, media.kept(keeper, key)


def _as_media(value: Any, key: str) -> Media:
    if isinstance(value, Media):
        return value
    if hasattr(value, "to_plotly_json"):
        from sweepcli.sdk.media import Plotly  # noqa: PLC0415 -- as above

        return Plotly(value)
    if hasattr(value, "to_records"):
        from sweepcli.sdk.table import Table  # noqa: PLC0415 -- as above

        return Table(dataframe=value)
    if any(hasattr(value, name) for name in ("savefig", "get_figure", "getbands")):
        from sweepcli.sdk.media import Image  # noqa: PLC0415 -- as above

        return Image(value)
    if hasattr(value, "shape"):
        from sweepcli.sdk import histogram  # noqa: PLC0415 -- as above

        return histogram.Histogram(value, num_bins=histogram.BINS_OF_AN_ARRAY)
    raise UsageError(f"log(): '{key}' mixes media with a {type(value).__name__}")


def _several(media: list[Media], keeper: Keeper, key: str) -> Any:
    from sweepcli.sdk.media import Image  # noqa: PLC0415 -- as above

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
