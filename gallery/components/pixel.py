"""What the widgets that open pixels share: style, script, colours and the photo as exact bytes."""

import base64
import functools
from pathlib import Path

import cv2
import numpy as np

from gallery.figures import coloured
from models._images import Pixels

__all__ = ["STYLE", "markup", "palette", "photo_url", "script"]

HERE = Path(__file__).parent
STYLE = (HERE / "pixel.css").read_text("utf-8")


def markup(name: str) -> str:
    """The HTML of a widget."""
    return (HERE / f"{name}.html").read_text("utf-8")


def script(name: str) -> str:
    """The JavaScript of a widget, with what the widgets share in front of it."""
    return "\n".join((HERE / file).read_text("utf-8") for file in ("pixel.js", f"{name}.js"))


@functools.cache
def palette() -> list[int]:
    """The signed colours of the figures, as 256 times red, green, blue."""
    ends = np.linspace(-1.0, 1.0, 256)[None, :]
    return [int(part) for part in coloured(ends, signed=True, limit=1.0).ravel()]


def photo_url(pixels: Pixels) -> str:
    """A photo as a PNG in a data URL: every pixel arrives in the browser as it is here."""
    order = cv2.COLOR_RGB2BGR if pixels.ndim == 3 else cv2.COLOR_GRAY2BGR
    done, data = cv2.imencode(".png", cv2.cvtColor(pixels, order))
    if not done:
        raise RuntimeError("OpenCV could not write a PNG")
    return "data:image/png;base64," + base64.b64encode(data.tobytes()).decode("ascii")
