"""What the widgets that open pixels share: style, script, colours and the photo as exact bytes."""

import base64
import functools
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from gallery.answers import answer
from gallery.components import parts
from gallery.figures import coloured
from gallery.photo import Photo
from models._images import Pixels

__all__ = ["STYLE", "markup", "palette", "photo_png", "photo_url", "script"]

HERE = Path(__file__).parent
STYLE = parts("pixel")[0]


def markup(name: str) -> str:
    """The HTML of a widget."""
    return (HERE / f"{name}.html").read_text("utf-8")


def script(*names: str) -> str:
    """The JavaScript of a widget, with what the widgets share in front of it."""
    return parts("pixel", *names)[1]


@functools.cache
def palette() -> list[int]:
    """The signed colours of the figures, as 256 times red, green, blue."""
    ends = np.linspace(-1.0, 1.0, 256)[None, :]
    return [int(part) for part in coloured(ends, signed=True, limit=1.0).ravel()]


def photo_png(pixels: Pixels) -> NDArray[np.uint8]:
    """A photo as the bytes of a PNG: every pixel arrives in the browser as it is here."""
    order = cv2.COLOR_RGB2BGR if pixels.ndim == 3 else cv2.COLOR_GRAY2BGR
    done, data = cv2.imencode(".png", cv2.cvtColor(pixels, order))
    if not done:
        raise RuntimeError("OpenCV could not write a PNG")
    return np.asarray(data, np.uint8)


def photo_url(photo: Photo | Pixels) -> str:
    """The same as a data URL; a page's photo is packed once and kept as answers are."""
    data = answer(photo_png, photo) if isinstance(photo, Photo) else photo_png(photo)
    return "data:image/png;base64," + base64.b64encode(data.tobytes()).decode("ascii")
