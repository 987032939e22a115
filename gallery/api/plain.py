"""Results as plain data: what JSON can hold, and arrays and pictures beside it.

One rule for every result of ``models``:

- A dataclass or a mapping becomes an object, a tuple or list a list, a number, text or truth value
  itself. What is not a finite number becomes ``null``.
- An array of at most ``SMALL`` numbers becomes nested lists. A larger one becomes
  ``{"file": "values.npy", "shape": [...], "type": "float32", "least": ..., "most": ...}`` and is
  handed over as that NumPy file.
- An array that can be looked at is drawn as well: (height, width), (height, width, 3), or a stack
  (channels, height, width) as a sheet of tiles; so are pictures (..., height, width, 1 or 3) of
  ``uint8``. ``uint8`` is shown as it is; other numbers go from
  black (least) to white (most), or, where some are negative, are centred on mid grey.
"""

import dataclasses
import math
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

__all__ = ["SMALL", "Plain", "draw", "plain"]

SMALL = 4096  # numbers; about 40 KB of JSON
MOST = 48  # arrays or pictures that go beside one answer
DRAWN_FROM = 8  # pixels; a kernel of 7 x 7 is read, not looked at
TILES = 64  # of a stack


@dataclass
class Plain:
    """A result, taken apart."""

    data: Any = None  # what JSON can hold
    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)  # file name -> numbers
    pictures: dict[str, Image.Image] = field(default_factory=dict)  # file name -> picture


def plain(result: object) -> Plain:
    """Take a result of ``models`` apart into data, arrays and pictures."""
    found = Plain()
    found.data = _plain(result, "", found)
    return found


def _plain(value: Any, place: str, found: Plain) -> Any:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, np.generic):
        return _plain(value.item(), place, found)
    if isinstance(value, np.ndarray):
        return _array(value, place, found)
    if isinstance(value, Image.Image):
        return _picture(value, place, found)
    return _composed(value, place, found)


def _composed(value: Any, place: str, found: Plain) -> Any:
    if dataclasses.is_dataclass(value):
        fields = {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
        return _plain(fields, place, found)
    if isinstance(value, Mapping):
        return {
            str(key): _plain(below, _below(place, key), found)
            for key, below in value.items()
            if not isinstance(below, Callable)  # type: ignore[arg-type]
        }
    if isinstance(value, list | tuple):
        return [_plain(below, _below(place, index), found) for index, below in enumerate(value)]
    if isinstance(value, Set):
        return [_plain(below, place, found) for below in sorted(value)]
    raise TypeError(f"{place or 'a result'} is a {type(value).__name__}, which has no plain form")


def _below(place: str, key: object) -> str:
    return f"{place}.{key}" if place else str(key)


def _array(values: NDArray[Any], place: str, found: Plain) -> Any:
    name = place or "values"
    picture = draw(values) if len(found.pictures) < MOST else None
    if picture is not None:
        found.pictures[f"{name}.png"] = picture
    if values.size <= SMALL:
        return _plain(values.tolist(), place, found)
    if len(found.arrays) < MOST:
        found.arrays[f"{name}.npy"] = values
    file = f"{name}.npy" if f"{name}.npy" in found.arrays else None
    least, most = _ends(values)
    kind = str(values.dtype)
    return {"file": file, "shape": list(values.shape), "type": kind, "least": least, "most": most}


def _picture(picture: Image.Image, place: str, found: Plain) -> dict[str, object]:
    name = f"{place or 'picture'}.png"
    found.pictures[name] = picture
    return {"file": name, "shape": [picture.height, picture.width, len(picture.getbands())]}


def draw(values: NDArray[Any]) -> Image.Image | None:
    """Draw an array that has the form of a picture or of a stack of them, else nothing."""
    is_sheet = values.ndim > 3 or (values.ndim == 3 and values.shape[2] == 1)
    if values.dtype == np.uint8 and is_sheet and values.size:
        return _draw_pictures(values)
    if values.dtype.kind not in "buif" or values.ndim not in {2, 3} or 0 in values.shape:
        return None
    is_stack = values.ndim == 3 and values.shape[2] != 3
    if min(values.shape[1:] if is_stack else values.shape[:2]) < DRAWN_FROM:
        return None
    levels = _levels(values[:TILES] if is_stack else values)
    return Image.fromarray(_sheet(levels) if is_stack else levels)


def _draw_pictures(values: NDArray[np.uint8]) -> Image.Image | None:
    """Draw pictures (..., height, width, 1 or 3) as a sheet."""
    height, width, channels = values.shape[-3:]
    if channels not in {1, 3} or min(height, width) < DRAWN_FROM:
        return None
    tiles = values.reshape(-1, height, width, channels)[:TILES]
    return Image.fromarray(_sheet(tiles[..., 0] if channels == 1 else tiles))


def _levels(values: NDArray[Any]) -> NDArray[np.uint8]:
    if values.dtype == np.uint8:
        return values
    least, most = _ends(values)
    size = max(abs(least), abs(most)) or 1.0  # first, or the range of huge numbers overflows
    numbers, least, most = values.astype(np.float64) / size, least / size, most / size
    if least < 0 < most:
        most = max(-least, most)
        least = -most
    spread = most - least or 1.0
    scaled = np.nan_to_num((np.clip(numbers, least, most) - least) / spread, nan=0.0)
    return (scaled * 255).round().astype(np.uint8)


def _sheet(tiles: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Lay (tiles, height, width) or (..., 3) out side by side, a grey line between them."""
    count, height, width, *colours = tiles.shape
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    size = (rows * (height + 1) - 1, columns * (width + 1) - 1, *colours)
    sheet = np.full(size, 128, np.uint8)
    for index, tile in enumerate(tiles):
        top, left = (index // columns) * (height + 1), (index % columns) * (width + 1)
        sheet[top : top + height, left : left + width] = tile
    return sheet


def _ends(values: NDArray[Any]) -> tuple[float, float]:
    finite = values[np.isfinite(values)] if values.dtype.kind == "f" else values
    if finite.size == 0:
        return 0.0, 0.0
    return float(finite.min()), float(finite.max())
