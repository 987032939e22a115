"""Two styles in two regions of one photo."""

from typing import Annotated

import cv2
import numpy as np
from numpy.typing import NDArray

from models._errors import InputError
from models._images import MAXIMUM_SIDE, Pixels
from models._ranges import Range, checked
from models._style_colours import Colours
from models._style_fast import Side, Strength, Stylised, stylise
from models._style_names import RegionName
from models._style_paint import mix
from models._style_pictures import scale_down
from models.networks import style_network

__all__ = ["stylise_regions"]


@checked
def stylise_regions(
    photo: Pixels,
    mask: NDArray[np.float32],
    first: RegionName = style_network.STYLES[0],
    second: RegionName = "photo",
    feather: Annotated[float, Range(0, 64, 1, "px")] = 8.0,
    strength: Strength = 1.0,
    keep_colours: bool = False,
    colours: Colours = "luminance",
    side: Side = None,
) -> Stylised:
    """Paint what a mask leaves free in one style, and what it covers in another.

    Args:
        photo: uint8 (height, width) or (height, width, 3), of any size.
        mask: (rows, columns) 0..1 or bool; 1 where ``second`` shall be. A mask of another size is
            stretched over the photo.
        first: A key of ``STYLES``, or ``photo`` to leave that region as it is.
        second: The same for the covered region; with ``photo`` the subject under it is kept.
        feather: Width of the soft rim between both: the deviation of a Gaussian, in pixels of the
            result.
        strength: As in ``stylise``.
        keep_colours: As in ``stylise``.
        colours: As in ``stylise``.
        side: As in ``stylise``.

    Returns:
        The painted photo; ``weights`` are the shares of its area.

    Raises:
        InputError: ``mask_shape`` or ``mask_values`` when the mask is no table of numbers 0..1.
    """
    cover = _cover(mask)
    pixels, notes = scale_down(photo, side or MAXIMUM_SIDE)
    cover = _spread(cover, pixels.shape[:2], feather)
    painted = {
        each: _paint(pixels, each, strength, keep_colours, colours) for each in {first, second}
    }
    mixed = mix(painted[first], painted[second], cover[..., None])
    covered = float(cover.mean(dtype=np.float64))
    weights = dict.fromkeys((first, second), 0.0)
    weights[first] += 1 - covered
    weights[second] += covered
    return Stylised(mixed, {each: share for each, share in weights.items() if share}, notes)


def _paint(
    photo: Pixels, name: RegionName, strength: float, keep_colours: bool, colours: Colours
) -> Pixels:
    if name == "photo":
        return photo
    return stylise(photo, name, strength, keep_colours, colours).pixels


def _cover(mask: object) -> NDArray[np.float32]:
    if not isinstance(mask, np.ndarray) or mask.ndim != 2 or mask.size == 0:
        raise InputError("mask_shape", shape=str(getattr(mask, "shape", "?")))
    if mask.dtype.kind not in "buif" or not ((mask >= 0) & (mask <= 1)).all():
        raise InputError("mask_values")
    return mask.astype(np.float32)


def _spread(
    cover: NDArray[np.float32], size: tuple[int, int], feather: float
) -> NDArray[np.float32]:
    """Stretch a mask over the photo and soften its rim."""
    height, width = size
    is_smaller = height * width < cover.size
    kind = cv2.INTER_AREA if is_smaller else cv2.INTER_LINEAR
    if cover.shape != size:
        cover = np.asarray(cv2.resize(cover, (width, height), interpolation=kind), np.float32)
    if feather:
        soft = cv2.GaussianBlur(cover, (0, 0), feather, borderType=cv2.BORDER_REPLICATE)
        cover = np.asarray(soft, np.float32)
    return cover.reshape(size).clip(0, 1).round(4)  # all or nothing stays all or nothing
