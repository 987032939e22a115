"""Boxes and their names drawn into a photo, for films and for pictures to take away."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from gallery.figures._letters import font_for, writable
from models._images import Pixels

__all__ = ["Outline", "boxed"]

DASH, GAP = 8, 5  # pixels
LABEL, LABEL_INK, SHADOW = (21, 24, 28), (255, 255, 255), (0, 0, 0)
Spot = tuple[float, float]


@dataclass(frozen=True)
class Outline:
    """One box as it is drawn."""

    box: Sequence[float]  # x1 y1 x2 y2 in pixels
    colour: str  # "#rrggbb"
    name: str = ""  # written at its corner
    dashed: bool = False


def boxed(pixels: Pixels, outlines: Sequence[Outline]) -> Pixels:
    """Draw boxes into a photo, the last one on top.

    Args:
        pixels: uint8 (height, width, 3).
        outlines: The boxes; what lies outside the photo is left out.

    Returns:
        A new picture of the same size.
    """
    picture = Image.fromarray(pixels)
    pen = ImageDraw.Draw(picture)
    stroke = max(2, round(max(picture.size) / 250))
    font = font_for(max(12, round(max(picture.size) / 42)), [each.name for each in outlines])
    for place, each in enumerate(outlines):
        corners = _inside(each.box, picture.size)
        for width, colour in ((stroke + 2, SHADOW), (stroke, each.colour)):
            for start, end in _sides(corners, each.dashed):
                pen.line((*start, *end), colour, width)
        name = writable(font, each.name, place)
        if name:
            _write(pen, corners, name, each.colour, font, picture.width)
    return np.asarray(picture)


def _inside(box: Sequence[float], size: tuple[int, int]) -> tuple[float, float, float, float]:
    left, top, right, bottom = box
    wide, high = size[0] - 1, size[1] - 1
    x1, y1 = min(max(left, 0), wide), min(max(top, 0), high)
    return x1, y1, min(max(right, x1), wide), min(max(bottom, y1), high)


def _sides(corners: tuple[float, float, float, float], dashed: bool) -> Iterator[tuple[Spot, Spot]]:
    left, top, right, bottom = corners
    ends = ((left, top), (right, top), (right, bottom), (left, bottom), (left, top))
    for start, end in itertools.pairwise(ends):
        yield from _dashes(start, end) if dashed else [(start, end)]


def _dashes(start: Spot, end: Spot) -> Iterator[tuple[Spot, Spot]]:
    length = max(abs(end[0] - start[0]), abs(end[1] - start[1]), 1e-9)  # sides run straight
    way = ((end[0] - start[0]) / length, (end[1] - start[1]) / length)
    for begin in np.arange(0, length, DASH + GAP):
        stop = min(float(begin) + DASH, length)
        yield (
            (start[0] + way[0] * float(begin), start[1] + way[1] * float(begin)),
            (start[0] + way[0] * stop, start[1] + way[1] * stop),
        )


def _write(
    pen: ImageDraw.ImageDraw,
    corners: tuple[float, float, float, float],
    name: str,
    colour: str,
    font: ImageFont.FreeTypeFont,
    room: int,
) -> None:
    """The name above the box, inside it where there is no room."""
    x1, y1, x2, y2 = pen.textbbox((0, 0), name, font=font)
    high, wide = y2 - y1 + 6, x2 - x1 + 10
    left = max(0.0, min(corners[0], room - wide))
    top = corners[1] - high if corners[1] >= high else corners[1]
    pen.rectangle((left, top, left + wide, top + high), fill=LABEL)
    pen.rectangle((left, top, left + 3, top + high), fill=colour)
    pen.text((left + 6 - x1, top + 3 - y1), name, LABEL_INK, font=font)
