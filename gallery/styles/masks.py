"""Masks to begin with, before a hand paints on them."""

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from models._images import Pixels

__all__ = ["FINE", "Shape", "shape_mask"]

Shape = Literal["subject", "oval", "left", "top"]
FINE = 192  # cells along the longer side
ROUNDS = 4  # of cutting out the subject
MARGIN = 0.06  # of each side that certainly is background


def shape_mask(photo: Pixels, shape: Shape) -> NDArray[np.bool_]:
    """A mask over a photo, True where the shape is.

    ``subject`` is a guess: what differs in colour from the rim of the photo (Rother, Kolmogorov and
    Blake, *GrabCut*, SIGGRAPH 2004); where that finds nothing, an oval.

    Args:
        photo: uint8 (height, width, 3).
        shape: Which one.

    Returns:
        (rows, columns), at most ``FINE`` a side.
    """
    height, width = photo.shape[:2]
    scale = min(1.0, FINE / max(height, width))
    rows, columns = max(1, round(height * scale)), max(1, round(width * scale))
    down, across = np.mgrid[:rows, :columns]
    down, across = (down + 0.5) / rows, (across + 0.5) / columns
    if shape == "left":
        return np.asarray(across < 0.5)
    if shape == "top":
        return np.asarray(down < 0.5)
    oval = np.asarray(((across - 0.5) / 0.36) ** 2 + ((down - 0.5) / 0.4) ** 2 < 1)
    if shape == "oval" or min(rows, columns) < 32:
        return oval
    small = cv2.resize(photo, (columns, rows), interpolation=cv2.INTER_AREA)
    found = _cut_out(np.asarray(small, np.uint8))
    return found if 0.02 < found.mean() < 0.98 else oval


def _cut_out(small: Pixels) -> NDArray[np.bool_]:
    rows, columns = small.shape[:2]
    mask = np.zeros((rows, columns), np.uint8)
    left, top = max(1, round(MARGIN * columns)), max(1, round(MARGIN * rows))
    box = (left, top, columns - 2 * left, rows - 2 * top)
    cv2.setRNGSeed(0)  # the same photo gives the same mask
    outside, inside = np.zeros((1, 65), np.float64), np.zeros((1, 65), np.float64)
    picture = np.ascontiguousarray(small[..., ::-1])
    cv2.grabCut(picture, mask, box, outside, inside, ROUNDS, cv2.GC_INIT_WITH_RECT)
    return np.asarray((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD))
