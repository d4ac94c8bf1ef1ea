"""Pictures, sounds and other media: W&B's classes of these names.

What needs a package that is not installed is saved in a plainer form, with a warning.
"""

from __future__ import annotations

import io
import json
import os
from contextlib import suppress

from sweepcli.errors import UsageError
from sweepcli.messages import warn_once
from sweepcli.sdk import values
from sweepcli.sdk.media.files import Media, content_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from sweepcli.sdk.media.files import MediaFolder

NO_PILLOW = "An array is saved as a .npy file; `pip install pillow` to save it as a picture."


class _FromFile(Media):
    """Media given as a path, as an open file or in a form of their own."""

    kind = ""  # W&B's name of the type, without `-file`
    subfolder = ""
    extension = ""

    def __init__(self, data_or_path: Any, caption: str | None = None, **_: Any) -> None:
        self.caption = caption
        self._content, self._extension = self._read(data_or_path)

    def history_form(self, folder: MediaFolder, key: str) -> dict[str, Any]:
        file = folder.write(self.subfolder, key, self._content, self._extension)
        about = {"_type": f"{self.kind}-file", **file, **self._about()}
        return {**about, "caption": self.caption} if self.caption is not None else about

    def _about(self) -> dict[str, Any]:
        return {}

    def _read(self, source: Any) -> tuple[bytes, str]:
        if isinstance(source, (str, os.PathLike)) or hasattr(source, "read"):
            content, extension = content_of(source)
            return content, extension or self.extension
        return self._made(source), self.extension

    def _made(self, source: Any) -> bytes:
        raise UsageError(f"{type(self).__name__}: a path is needed, not a {type(source).__name__}")


class Image(_FromFile):
    """A picture: a path, an array, a PIL image or a figure of matplotlib."""

    kind, subfolder = "image", "images"

    def __init__(  # noqa: PLR0913, PLR0917 -- W&B's signature
        self,
        data_or_path: Any,
        mode: str | None = None,
        caption: str | None = None,
        grouping: int | None = None,
        classes: Any = None,
        boxes: Any = None,
        masks: Any = None,
        file_type: str | None = None,
        **_: Any,
    ) -> None:
        self._mode = mode
        self.extension = f".{file_type or 'png'}"
        self._more = {
            name: value
            for name, value in (("grouping", grouping), ("boxes", boxes), ("masks", masks))
            if value is not None
        }
        del classes  # masks and boxes, which are logged, have their names
        self._size: tuple[int, int] | None = None  # width, height
        super().__init__(data_or_path, caption)

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height in pixels, if known."""
        return self._size

    @property
    def _format(self) -> str:
        """The format's name in PIL and matplotlib."""
        name = self.extension.lstrip(".")
        return "jpeg" if name == "jpg" else name

    def _about(self) -> dict[str, Any]:
        about: dict[str, Any] = {"format": self._extension.lstrip(".")}
        if self._size:
            about.update(width=self._size[0], height=self._size[1])
        return {**about, **{name: values.plain(value, []) for name, value in self._more.items()}}

    def _read(self, source: Any) -> tuple[bytes, str]:
        content, extension = super()._read(source)
        if extension == ".npy" or self._size is not None:
            return content, extension
        picture = _pil()
        if picture is not None:
            with suppress(OSError):
                self._size = picture.open(io.BytesIO(content)).size
        return content, extension

    def _made(self, source: Any) -> bytes:
        buffer = io.BytesIO()
        if hasattr(source, "savefig") or hasattr(source, "get_figure"):  # matplotlib
            figure = source if hasattr(source, "savefig") else source.get_figure()
            figure.savefig(buffer, format=self._format)
        elif hasattr(source, "save"):  # PIL
            self._size = source.size
            source.save(buffer, format=self._format)
        else:
            return self._of_array(_array(source))
        return buffer.getvalue()

    def _of_array(self, array: Any) -> bytes:
        self._size = (int(array.shape[1]), int(array.shape[0]))
        picture = _pil()
        if picture is None:
            warn_once("pillow", NO_PILLOW)
            self.extension = ".npy"
            return _npy(array)
        if array.ndim == 3 and array.shape[2] == 1:
            array = array[:, :, 0]
        buffer = io.BytesIO()
        made = picture.fromarray(_bytes_of(array))
        made = made.convert(self._mode) if self._mode else made
        made.save(buffer, format=self._format)
        return buffer.getvalue()


class Audio(_FromFile):
    """A sound: a path, or values from -1 to 1 with their number per second, `sample_rate`."""

    kind, subfolder, extension = "audio", "audio", ".wav"

    def __init__(
        self, data_or_path: Any, sample_rate: int | None = None, caption: str | None = None
    ) -> None:
        self._rate = sample_rate
        self._seconds: float | None = None
        super().__init__(data_or_path, caption)

    def _about(self) -> dict[str, Any]:
        return {} if self._seconds is None else {"durations": self._seconds}

    def _made(self, source: Any) -> bytes:
        import array  # noqa: PLC0415 -- for scripts that log sounds
        import wave  # noqa: PLC0415 -- likewise

        if self._rate is None:
            raise UsageError("Audio: values need their sample_rate")
        samples = array.array("h", (int(max(-1.0, min(1.0, float(v))) * 32767) for v in source))
        self._seconds = len(samples) / self._rate
        buffer = io.BytesIO()
        with wave.open(buffer, "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(self._rate)
            sound.writeframes(samples.tobytes())
        return buffer.getvalue()


class Video(_FromFile):
    """A film: a path, or an array of frames."""

    kind, subfolder, extension = "video", "videos", ".npy"

    def _made(self, source: Any) -> bytes:
        warn_once("video", "A Video made from an array is saved as a .npy file of its frames.")
        return _npy(_array(source))


class Html(_FromFile):
    """A page: its text, a path or an open file."""

    kind, subfolder, extension = "html", "html", ".html"

    def __init__(self, data: Any, inject: bool = True, data_is_not_path: bool = False) -> None:  # noqa: FBT001, FBT002 -- W&B's signature
        del inject  # adds a style for W&B's page
        is_text = isinstance(data, str) and (data_is_not_path or not os.path.isfile(data))
        super().__init__(io.StringIO(data) if is_text else data)


class Object3D(_FromFile):
    """A cloud of points, a scene or a file of one."""

    kind, subfolder, extension = "object3D", "object3D", ".pts.json"

    def _made(self, source: Any) -> bytes:
        return json.dumps(values.plain(source, [])).encode()


class Molecule(_FromFile):
    """A molecule's file."""

    kind, subfolder, extension = "molecule", "molecule", ".pdb"


class Plotly(_FromFile):
    """A figure of plotly; one of matplotlib is saved as a picture."""

    kind, subfolder, extension = "plotly", "plotly", ".plotly.json"

    def _made(self, source: Any) -> bytes:
        if hasattr(source, "to_json"):
            text: str = source.to_json()
            return text.encode()
        return super()._made(source)


class Classes(Media):
    """The names of the classes in pictures."""

    def __init__(self, class_set: Sequence[dict[str, Any]]) -> None:
        self.class_set = class_set

    def history_form(self, folder: MediaFolder, key: str) -> dict[str, Any]:
        del folder, key
        return {"_type": "classes", "class_set": list(self.class_set)}


def box3d(**parts: Any) -> dict[str, Any]:
    """Return a box in a cloud of points."""
    return parts


def _pil() -> Any:
    try:
        from PIL import Image as Picture  # noqa: PLC0415 -- a package of the script's own
    except ImportError:
        return None
    return Picture


def _array(source: Any) -> Any:
    """Return a numpy array; a torch tensor's channels become the last dimension."""
    if hasattr(source, "detach"):
        source = source.detach().cpu().numpy()
        if source.ndim == 3 and source.shape[0] in (1, 3, 4):
            source = source.transpose(1, 2, 0)
    if not (hasattr(source, "ndim") and source.ndim >= 2):
        raise UsageError(f"a path or an array is needed, not a {type(source).__name__}")
    return source


def _bytes_of(array: Any) -> Any:
    """Return an array with values from 0 to 255, as W&B does."""
    if array.dtype.kind == "f" and array.min() >= 0 and array.max() <= 1:
        array = array * 255
    return array.clip(0, 255).astype("uint8") if array.dtype.kind != "b" else array


def _npy(array: Any) -> bytes:
    import numpy  # noqa: PLC0415, ICN001 -- the array is numpy's, so it is loaded

    buffer = io.BytesIO()
    numpy.save(buffer, array)
    return buffer.getvalue()
