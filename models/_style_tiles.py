"""Large pictures in tiles, without seams.

Instance normalisation looks at a whole picture: a tile normalised by itself would come out lighter
or darker than its neighbour. So the mean and variance of every normalisation are measured once, on
a thumbnail, and used for all tiles (Chen et al., *Towards Ultra-Resolution Neural Style Transfer
via Thumbnail Instance Normalization*, AAAI 2022). Tiles overlap by what a pixel of the result can
see of the photo, so that each shows exactly what the whole would show there.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from models._images import Note, Pixels
from models._ranges import Range, checked
from models._style_colours import Colours
from models._style_fast import Strength, shares_of
from models._style_paint import Finish, Painter
from models._style_pictures import scale_down

__all__ = ["Tile", "stylise_tiles"]


@dataclass(frozen=True, eq=False)
class Tile:
    """One finished part of a large painting."""

    step: int  # 1 ... steps
    steps: int  # tiles in all
    top: int  # where its first pixel lies in the whole
    left: int
    pixels: Pixels  # (height, width, 3) of this tile; tiles do not overlap
    size: tuple[int, int]  # (height, width) of the whole
    whole: Pixels | None  # (height, width, 3) with the last tile, else None
    notes: tuple[Note, ...]  # ``scaled`` where the photo was larger


@checked
def stylise_tiles(
    photo: Pixels,
    weights: Mapping[str, float] | None = None,
    strength: Strength = 1.0,
    keep_colours: bool = False,
    colours: Colours = "luminance",
    side: Annotated[int, Range(64, 2048, 32, "px")] = 2048,
    tile: Annotated[int, Range(128, 512, 64, "px")] = 384,
) -> Generator[Tile]:
    """Paint a photo of any size tile by tile; the machine is free for others in between.

    Args:
        photo: uint8 (height, width) or (height, width, 3), of any size.
        weights: As in ``stylise_blend``: ``{"style": 1}`` for one style.
        strength: As in ``stylise``.
        keep_colours: As in ``stylise``.
        colours: As in ``stylise``.
        side: Longer side of the result; a larger photo is scaled down to it, a smaller one stays
            as it is.
        tile: Side of a tile.

    Yields:
        The tiles in reading order; the last one brings the whole.

    Raises:
        InputError: As ``stylise_blend``.
    """
    mixed = shares_of(weights)
    pixels, notes = scale_down(photo, side)
    return _paint(pixels, mixed, Finish(strength, keep_colours, colours), tile, notes)


def _paint(
    photo: Pixels, mixed: dict[str, float], finish: Finish, side: int, notes: tuple[Note, ...]
) -> Generator[Tile]:
    painter = Painter(photo, mixed, finish, side)
    painting = np.empty_like(photo)
    boxes = painter.boxes
    for step, box in enumerate(boxes, start=1):
        top, left, bottom, right = box
        pixels = painter.paint(box)
        painting[top:bottom, left:right] = pixels
        whole = painting if step == len(boxes) else None
        yield Tile(step, len(boxes), top, left, pixels, photo.shape[:2], whole, notes)
