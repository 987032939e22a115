"""Two to four styles at the corners of a pad, and true blends between them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import torch
from numpy.typing import NDArray

from models._errors import InputError
from models._gate import turn
from models._images import Pixels
from models._load import device_of
from models._ranges import Range, checked
from models._style_colours import Colours
from models._style_fast import Strength
from models._style_names import STYLES, network_of_styles
from models._style_paint import Finish, finished, weights_of
from models._style_pictures import scale_down, to_batch, to_pixels

__all__ = ["Pad", "blend_pad"]

FEWEST, MOST = 2, 4  # corners
IN_ONE_TURN = 2**18  # pixels


@dataclass(frozen=True, eq=False)
class Pad:
    """Paintings on a grid; a finger between four of them sees their mix."""

    pictures: NDArray[np.uint8]  # (rows, columns, height, width, 3) RGB
    weights: NDArray[np.float32]  # (rows, columns, corners) shares; each adds up to 1
    corners: tuple[str, ...]  # the styles, as given


@checked
def blend_pad(
    photo: Pixels,
    corners: Sequence[str] | None = None,
    points: Annotated[int, Range(2, 5)] = 5,
    side: Annotated[int, Range(64, 320, 32, "px")] = 256,
    strength: Strength = 1.0,
    keep_colours: bool = False,
    colours: Colours = "luminance",
) -> Pad:
    """Paint a photo in blends of two to four styles, on a grid.

    Each picture is a pass of its own with blended gamma and beta, no mix of pixels. Two styles lie
    at the left and right end of one row; three at the upper corners and along the lower edge; four
    at the corners, in reading order. Between them weights change linearly in both directions.

    Args:
        photo: uint8 (height, width) or (height, width, 3), of any size.
        corners: Two to four different keys of ``STYLES``. None: the first four.
        points: Blends along each side of the pad.
        side: Longer side of each picture.
        strength: As in ``stylise``.
        keep_colours: As in ``stylise``.
        colours: As in ``stylise``.

    Returns:
        The pictures with their weights.

    Raises:
        InputError: ``corners_count``, ``corners_twice``, ``not_a_choice``.
    """
    styles = _corners(corners)
    pixels, _ = scale_down(photo, side)
    weights = _grid(len(styles), points)
    rows = [dict(zip(styles, each, strict=True)) for each in weights.reshape(-1, len(styles))]
    finish = Finish(strength, keep_colours, colours)
    pictures = [finished(each, pixels, finish) for each in _paint(pixels, rows)]
    return Pad(np.stack(pictures).reshape(*weights.shape[:2], *pixels.shape), weights, styles)


def _corners(given: object) -> tuple[str, ...]:
    styles = tuple(STYLES)[:MOST] if given is None else given
    if not isinstance(styles, Sequence) or isinstance(styles, str):
        raise InputError("not_a_list", parameter="corners")
    for style in styles:
        if not isinstance(style, str) or style not in STYLES:
            values = {"value": str(style)[:40], "allowed": ", ".join(STYLES)}
            raise InputError("not_a_choice", parameter="corners", **values)
        if styles.count(style) > 1:
            raise InputError("corners_twice", style=style)
    if not FEWEST <= len(styles) <= MOST:
        raise InputError("corners_count", count=len(styles), low=FEWEST, high=MOST)
    return tuple(styles)


def _grid(corners: int, points: int) -> NDArray[np.float32]:
    """The share of each corner (rows, columns, corners)."""
    right = np.linspace(0, 1, points, dtype=np.float32)
    down = right if corners > FEWEST else right[:1]
    across = np.stack([1 - right, right])  # (left and right, columns)
    along = np.stack([1 - down, down])  # (above and below, rows)
    shares = np.einsum("ar,bc->rcab", along, across).reshape(len(down), points, MOST)
    if corners < MOST:  # what both lower corners share
        shares = np.concatenate([shares[..., :2], shares[..., 2:].sum(-1, keepdims=True)], -1)
    return np.ascontiguousarray(shares[..., :corners], dtype=np.float32)


def _paint(photo: Pixels, rows: list[dict[str, float]]) -> Iterator[Pixels]:
    """The photo in one blend after the other, a few in one turn."""
    network = network_of_styles()
    device = device_of(network)
    batch = to_batch(photo, device)
    few = max(1, IN_ONE_TURN // (photo.shape[0] * photo.shape[1]))
    for weights in torch.split(weights_of(rows, device), few):
        with turn(), torch.inference_mode():
            painted = network(batch.expand(len(weights), -1, -1, -1), weights)
        yield from to_pixels(painted)
