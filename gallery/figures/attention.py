"""Attention as pictures and files: thumbnails of heads, and one head with its tokens."""

from collections.abc import Iterable, Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from gallery.figures._letters import font_for, writable
from gallery.figures._written import png_url
from gallery.figures.heatmap import coloured
from models._images import Pixels

__all__ = ["attention_picture", "attention_svg", "head_tile"]

TILE = 64  # pixels of a thumbnail at least
CELL = 26  # pixels of a picture to take away
WIDEST = 1600
FEW = 1600  # cells that are drawn one by one
LETTER = 8  # pixels of room for a letter; twice as much for a Chinese one
INK, PAPER = "#1e2228", "#ffffff"


def head_tile(weights: NDArray[np.float32]) -> Pixels:
    """A head as a thumbnail: colours of the square root, so that weak links show too.

    Args:
        weights: (tokens, tokens) from 0 to 1.
    """
    count = len(weights)
    if count > TILE:  # the largest of every four: lines stay to be seen
        even = np.pad(weights, (0, count % 2))
        weights = even.reshape(len(even) // 2, 2, -1, 2).max((1, 3))
    levels = coloured(np.sqrt(np.clip(weights, 0, 1)), limit=1.0)
    factor = -(-TILE // len(weights))
    tile: Pixels = levels.repeat(factor, axis=0).repeat(factor, axis=1)
    return tile


def attention_svg(
    rows: Sequence[str], columns: Sequence[str], weights: NDArray[np.float32], x: str, y: str
) -> str:
    """One head as a drawing with its tokens, in any script.

    Args:
        rows: The tokens that look.
        columns: The tokens looked at.
        weights: (rows, columns).
        x: What the columns are.
        y: What the rows are.
    """
    left, top = _room(rows) + 28, _room(columns) + 28
    width, height = left + CELL * len(columns) + 12, top + CELL * len(rows) + 12
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="13" fill="{INK}">',
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>',
        f'<text x="{left}" y="16">{escape(x)}</text>',
        f'<text transform="translate(16 {height - 12}) rotate(-90)">{escape(y)}</text>',
        *_labels(rows, columns, left, top),
    ]
    few = weights.size <= FEW
    parts += _cells(rows, columns, weights, left, top) if few else [_image(weights, left, top)]
    return "\n".join([*parts, "</svg>"])


def attention_picture(
    rows: Sequence[str],
    columns: Sequence[str],
    weights: NDArray[np.float32],
    *,
    signed: bool = False,
) -> Pixels:
    """The same as pixels; a token that no font at hand can write is shown by its number."""
    cell = max(4, min(CELL, WIDEST // max(1, len(columns))))
    font = font_for(min(14, max(6, cell - 4)), [*rows, *columns])
    shown = [writable(font, name, at) for at, name in enumerate(rows)]
    heads = [writable(font, name, at) for at, name in enumerate(columns)]
    left = 12 + max(round(font.getlength(name)) for name in shown)
    top = 12 + max(round(font.getlength(name)) for name in heads)
    size = (left + cell * len(columns) + 8, top + cell * len(rows) + 8)
    picture = Image.new("RGB", size, PAPER)
    pen = ImageDraw.Draw(picture)
    fine = coloured(weights, signed=signed).repeat(cell, axis=0).repeat(cell, axis=1)
    picture.paste(Image.fromarray(fine), (left, top))
    for at, name in enumerate(shown):
        pen.text((left - 6, top + cell * (at + 0.5)), name, INK, font, anchor="rm")
    for at, name in enumerate(heads):
        strip = Image.new("RGB", (top - 6, cell), PAPER)
        ImageDraw.Draw(strip).text((0, cell / 2), name, INK, font, anchor="lm")
        picture.paste(strip.rotate(90, expand=True), (left + cell * at, 0))
    done: Pixels = np.asarray(picture)
    return done


def _cells(
    rows: Sequence[str], columns: Sequence[str], weights: NDArray[np.float32], left: int, top: int
) -> Iterable[str]:
    colours = coloured(weights)
    for (row, column), weight in np.ndenumerate(weights):
        red, green, blue = (int(part) for part in colours[row, column])
        said = escape(f"{rows[row]} → {columns[column]}: {weight:.4f}")
        yield (
            f'<rect x="{left + CELL * column}" y="{top + CELL * row}" width="{CELL - 1}" '
            f'height="{CELL - 1}" fill="rgb({red},{green},{blue})"><title>{said}</title></rect>'
        )


def _image(weights: NDArray[np.float32], left: int, top: int) -> str:
    """The cells of a large map as one picture inside the drawing."""
    height, width = weights.shape
    return (
        f'<image x="{left}" y="{top}" width="{CELL * width}" height="{CELL * height}" '
        f'style="image-rendering:pixelated" href="{png_url(coloured(weights))}"/>'
    )


def _labels(rows: Sequence[str], columns: Sequence[str], left: int, top: int) -> Iterable[str]:
    for at, name in enumerate(rows):
        y = top + CELL * at + CELL / 2 + 4
        yield f'<text x="{left - 6}" y="{y}" text-anchor="end">{escape(name)}</text>'
    for at, name in enumerate(columns):
        x = left + CELL * at + CELL / 2 + 4
        yield f'<text transform="translate({x} {top - 6}) rotate(-90)">{escape(name)}</text>'


def _room(names: Sequence[str]) -> int:
    return max(sum(LETTER * (1 + (ord(one) > 0x2E7F)) for one in name) for name in names) + 8
