"""Small matrices of numbers as one picture to take away: cells with colours, side by side."""

import colorsys
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from gallery.figures.heatmap import coloured
from models._images import Pixels

__all__ = ["cells_picture"]

CELL, GAP, MARGIN = 38, 44, 20
INK = (30, 34, 40)


def cells_picture(matrices: Mapping[str, NDArray[np.generic]], signed: tuple[str, ...]) -> Pixels:
    """Draw matrices next to each other on white.

    Args:
        matrices: Heading -> (rows, columns); headings in Latin letters.
        signed: Headings of those whose colours are centred on zero.

    Returns:
        uint8 (height, width, 3).
    """
    shapes = [np.shape(matrix) for matrix in matrices.values()]
    cell = max(10, min(CELL, 1600 // max(1, sum(shape[1] for shape in shapes))))
    width = sum(shape[1] for shape in shapes) * cell + GAP * (len(shapes) - 1) + 2 * MARGIN
    height = max(shape[0] for shape in shapes) * cell + 2 * MARGIN + 24
    picture = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(picture)
    left = MARGIN
    for name, matrix in matrices.items():
        pen.text((left, MARGIN - 6), name, INK, ImageFont.load_default(15))
        _matrix(pen, np.asarray(matrix, np.float32), left, MARGIN + 24, cell, name in signed)
        left += np.shape(matrix)[1] * cell + GAP
    return np.asarray(picture)


def _matrix(
    pen: ImageDraw.ImageDraw,
    matrix: NDArray[np.float32],
    left: int,
    top: int,
    cell: int,
    signed: bool,
) -> None:
    finite = np.where(np.isfinite(matrix), matrix, 0)
    colours = coloured(finite, signed=signed)
    font = ImageFont.load_default(max(6, cell // 3))
    for (row, column), value in np.ndenumerate(matrix):
        x, y = left + column * cell, top + row * cell
        colour = tuple(int(part) for part in colours[row, column])
        pen.rectangle((x, y, x + cell - 2, y + cell - 2), fill=colour)
        if cell >= 24:  # room for a number
            light = colorsys.rgb_to_hls(*(part / 255 for part in colour))[1] > 0.5
            text = f"{value:.3g}" if np.isfinite(value) else "-inf"
            middle = (x + cell / 2 - 1, y + cell / 2 - 1)
            pen.text(middle, text, INK if light else "white", font, anchor="mm")
