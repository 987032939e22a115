"""Pictures of points that gather, for a film: some people in colours, all others in grey."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw

from gallery.figures._drawing import OKABE_ITO
from models._images import Pixels

__all__ = ["gathering"]

FINE = 2  # times finer than it is shown, so that the edges are smooth
GROUNDS = {"light": "#ffffff", "dark": "#11151c"}
OTHERS = {"light": "#b8bdc6", "dark": "#4d5563"}


def gathering(
    moments: NDArray[np.floating],
    people: NDArray[np.integer],
    shown: Sequence[int],
    side: int = 420,
    theme: str = "light",
) -> list[Pixels]:
    """Draw one picture a moment, all on one scale.

    Args:
        moments: (moments, faces, 2).
        people: (faces,) whose face each is.
        shown: The people with a colour and a number of their own, at most eight.
        side: Pixels.
        theme: ``light`` or ``dark``.
    """
    low, high = np.quantile(moments.reshape(-1, 2), (0.002, 0.998), axis=0)
    scale = float((high - low).max()) / 2 * 1.12 or 1.0
    placed = (moments - (low + high) / 2) / scale
    return [_picture(points, people, shown, side, theme) for points in placed]


def _picture(
    points: NDArray[np.floating],
    people: NDArray[np.integer],
    shown: Sequence[int],
    side: int,
    theme: str,
) -> Pixels:
    large = side * FINE
    canvas = Image.new("RGB", (large, large), GROUNDS[theme])
    pen = ImageDraw.Draw(canvas)
    places = (np.clip(points, -1, 1) * [1, -1] * 0.46 + 0.5) * large
    for place in places[~np.isin(people, shown)]:
        _dot(pen, place, 3.5 * FINE, OTHERS[theme], None)
    for number, person in enumerate(shown):
        colour = OKABE_ITO[number % 7]
        for place in places[people == person]:
            _dot(pen, place, 6.5 * FINE, colour, GROUNDS[theme])
    small: Pixels = np.asarray(canvas.resize((side, side), Image.Resampling.LANCZOS))
    return small


def _dot(
    pen: ImageDraw.ImageDraw,
    place: NDArray[np.floating],
    radius: float,
    colour: str,
    rim: str | None,
) -> None:
    x, y = place
    box = (x - radius, y - radius, x + radius, y + radius)
    edge = None if rim is None else ImageColor.getrgb(rim)
    pen.ellipse(box, ImageColor.getrgb(colour), edge, FINE)
