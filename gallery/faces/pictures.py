"""Faces as pictures: cut out with some room, marked with their landmarks."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from gallery.figures import LANDMARK_COLOURS
from models._images import Pixels

__all__ = ["close_up", "marked", "on_photo"]

ROOM = 0.25  # of a face's longer side, on every side of it
FINE = 3  # pixels drawn for each that is kept, so that marks have smooth edges


def frame_of(box: NDArray[np.floating], room: float = ROOM) -> tuple[float, float, float]:
    """Left, top and side of the square around a face."""
    left, top, right, bottom = map(float, box)
    side = max(right - left, bottom - top) * (1 + 2 * room)
    return (left + right - side) / 2, (top + bottom - side) / 2, side


def close_up(
    photo: Pixels,
    box: NDArray[np.floating],
    side: int,
    landmarks: NDArray[np.floating] | None = None,
    room: float = ROOM,
) -> Pixels:
    """The square around a face; what lies outside the photo is grey.

    Args:
        photo: uint8 (height, width, 3).
        box: (4,) left, top, right, bottom in pixels.
        side: Pixels of the answer.
        landmarks: (5, 2) to be marked, where given.
        room: Around the box, as a share of its longer side.

    Returns:
        uint8 (side, side, 3).
    """
    left, top, extent = frame_of(box, room)
    whole = Image.fromarray(np.asarray(photo)).convert("RGB")
    cut = whole.transform(
        (side, side),
        Image.Transform.EXTENT,
        (left, top, left + extent, top + extent),
        Image.Resampling.BICUBIC,
        fillcolor=(128, 128, 128),
    )
    if landmarks is None:
        return np.asarray(cut)
    return marked(np.asarray(cut), (np.asarray(landmarks) - (left, top)) * side / extent, side)


def marked(
    picture: Pixels,
    landmarks: NDArray[np.floating],
    side: int,
    template: NDArray[np.floating] | None = None,
) -> Pixels:
    """A square picture made larger, with dots where its landmarks are.

    Args:
        picture: uint8 (n, n) or (n, n, 3).
        landmarks: (5, 2) in its pixels.
        side: Pixels of the answer.
        template: (5, 2) rings where they should be.

    Returns:
        uint8 (side, side, 3).
    """
    scale = side / picture.shape[0] * FINE
    large = Image.fromarray(np.asarray(picture)).convert("RGB")
    large = large.resize((side * FINE, side * FINE), Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(large)
    for (x, y), colour in zip(np.asarray(landmarks) * scale, LANDMARK_COLOURS, strict=True):
        r = 0.016 * side * FINE
        pen.ellipse((x - r, y - r, x + r, y + r), colour, "#222", FINE)
    for x, y in np.asarray([] if template is None else template) * scale:
        r = 0.034 * side * FINE
        pen.ellipse((x - r, y - r, x + r, y + r), None, "#ffffff", FINE)
    return np.asarray(large.resize((side, side), Image.Resampling.LANCZOS))


def on_photo(photo: Pixels, boxes: NDArray[np.floating], landmarks: NDArray[np.floating]) -> Pixels:
    """The photo with boxes and landmarks, as a picture to take away."""
    drawn = Image.fromarray(np.asarray(photo)).convert("RGB")
    pen = ImageDraw.Draw(drawn)
    width = max(2, round(max(photo.shape[:2]) / 250))
    for box, points in zip(boxes, landmarks, strict=True):
        pen.rectangle([float(each) for each in box], outline="#E69F00", width=width)
        for (x, y), colour in zip(points, LANDMARK_COLOURS, strict=True):
            pen.ellipse((x - width, y - width, x + width, y + width), colour, "#222")
    return np.asarray(drawn)
