"""Channels and filters as small pictures of one size."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gallery.figures.heatmap import coloured
from models._images import Pixels

__all__ = ["channel_tiles", "filter_tiles", "pair_tiles", "patch_tile", "sheet"]

SIDE = 64  # pixels of a tile


def channel_tiles(
    maps: NDArray[np.float32], numbers: Sequence[int], *, common: bool = False
) -> list[Pixels]:
    """Maps in colours, each on its own scale or all on one.

    Args:
        maps: (channels, height, width).
        numbers: Which channels, in their order.
        common: Whether the strongest colour is the largest value of all channels.
    """
    signed = bool(maps.min() < 0)
    top = float(np.abs(maps).max())
    return [
        _tile(coloured(maps[number], signed=signed, limit=_limit(maps[number], top, common)))
        for number in numbers
    ]


def filter_tiles(filters: NDArray[np.float32], *, is_colour: bool) -> list[Pixels]:
    """Filters as patches: in colour where they look at colours, else weight by weight.

    Args:
        filters: (filters, 3, height, width) if ``is_colour``, else (filters, height, width).
        is_colour: Grey stands for zero then; all filters share one scale.
    """
    top = float(np.abs(filters).max()) or 1.0
    if not is_colour:
        return [_tile(coloured(one, signed=True, limit=top)) for one in filters]
    tiles = []
    for one in filters:
        strongest = float(np.abs(one).max()) or 1.0
        levels = np.clip(one.transpose(1, 2, 0) / strongest * 127.5 + 127.5, 0, 255)
        tiles.append(_tile(levels.round().astype(np.uint8)))
    return tiles


def pair_tiles(left: Pixels, right: Pixels) -> Pixels:
    """Two tiles side by side, large enough not to be blurred by the browser."""
    large = [tile.repeat(3, axis=0).repeat(3, axis=1) for tile in (left, right)]
    gap = np.full((large[0].shape[0], 8, 3), 128, np.uint8)
    pair: Pixels = np.hstack([large[0], gap, large[1]])
    return pair


def sheet(tiles: Sequence[Pixels], columns: int, gap: int = 0) -> Pixels:
    """Pictures of one size as one, row by row."""
    height, width = tiles[0].shape[:2]
    rows = -(-len(tiles) // columns)
    size = (rows * (height + gap) - gap, columns * (width + gap) - gap, 3)
    whole = np.zeros(size, np.uint8)
    for place, tile in enumerate(tiles):
        top, left = place // columns * (height + gap), place % columns * (width + gap)
        whole[top : top + height, left : left + width] = tile
    return whole


def patch_tile(patch: Pixels, side: int = SIDE) -> Pixels:
    """A patch of a photo on a square, grey where the photo ends."""
    longest = max(patch.shape[:2])
    square = np.full((longest, longest, 3), 128, np.uint8)
    top, left = ((longest - length) // 2 for length in patch.shape[:2])
    square[top : top + patch.shape[0], left : left + patch.shape[1]] = patch
    return _tile(square, side)


def _limit(one: NDArray[np.float32], top: float, common: bool) -> float:
    own = top if common else float(np.abs(one).max())
    return own if own > 0 else 1.0


def _tile(pixels: Pixels, side: int = SIDE) -> Pixels:
    kind = Image.Resampling.NEAREST if pixels.shape[0] <= side else Image.Resampling.LANCZOS
    tile: Pixels = np.asarray(Image.fromarray(pixels).resize((side, side), kind))
    return tile
