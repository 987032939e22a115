"""Canny's way from the slope of a photo to lines one pixel wide, every step kept.

The slope is thinned to its ridges, and a weak ridge stays only where it hangs on a strong one.

Source: Canny, "A Computational Approach to Edge Detection", IEEE TPAMI 8 (1986) 679.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from models._edges_scoring import Mask
from models._edges_sliding import Map
from models._errors import InputError
from models._images import Pixels, as_pixels, to_grey
from models._ranges import Range, checked

__all__ = ["CannyStages", "Sigma", "Threshold", "canny"]

Sigma = Annotated[float, Range(0.0, 6.0, 0.1, "px")]
Threshold = Annotated[float, Range(0.0, 1100.0, 5.0)]

EIGHT_NEIGHBOURS = np.ones((3, 3), bool)


@dataclass(frozen=True, eq=False)
class CannyStages:
    """Everything Canny's detector makes on the way, each (H, W)."""

    smoothed: Map  # grey levels
    x: Map  # Sobel's answers to the smoothed photo
    y: Map
    magnitude: Map
    direction: Map  # radians, as in ``Gradient``
    thinned: Map  # magnitude where it is the highest across the edge, else 0
    strong: Mask  # thinned and at least ``high``
    weak: Mask  # thinned, at least ``low``, below ``high``
    edges: Mask  # strong, and weak where a chain of neighbours leads to strong

    @property
    def counts(self) -> dict[str, int]:
        """Pixels left after each step."""
        kept = {"thinned": self.thinned > 0, "strong": self.strong, "weak": self.weak}
        return {name: int(mask.sum()) for name, mask in [*kept.items(), ("edges", self.edges)]}


@checked
def canny(
    photo: Pixels,
    sigma: Sigma = 1.4,
    low: Threshold = 60.0,
    high: Threshold = 150.0,
) -> CannyStages:
    """Draw edges one pixel wide, in Canny's five steps, and keep every step.

    Smooth with a Gaussian; take Sobel's slope; keep a pixel only if it is not lower than the two
    points one step up and down the slope (interpolated); call it strong from ``high``, weak from
    ``low``; follow weak pixels from strong ones through their eight neighbours.

    The same as ``skimage.feature.canny(grey, sigma, low, high, mode="mirror")`` with grey levels
    0 to 255. OpenCV's ``Canny`` differs: no smoothing of its own, the slope as |x| + |y| by
    default, and four directions in place of interpolation.

    Args:
        photo: uint8 (H, W) or (H, W, 3).
        sigma: Of the Gaussian; 0 does not smooth.
        low: Sobel magnitude (8 x grey levels a pixel) from which a pixel may continue an edge.
        high: Sobel magnitude from which a pixel starts an edge.

    Returns:
        Every stage; the rim of one pixel holds no edge.

    Raises:
        InputError: ``thresholds_swapped`` if low is above high.
    """
    if low > high:
        raise InputError("thresholds_swapped", low=low, high=high)
    grey = to_grey(as_pixels(photo)).astype(np.float64)
    smoothed = ndimage.gaussian_filter(grey, sigma, mode="mirror")
    x, y = ndimage.sobel(smoothed, axis=1), ndimage.sobel(smoothed, axis=0)
    magnitude = np.sqrt(y * y + x * x)
    highest = _is_ridge(x, y, magnitude)
    ridge = highest & (magnitude >= low)
    strong = ridge & (magnitude >= high)
    return CannyStages(
        smoothed=smoothed.astype(np.float32),
        x=x.astype(np.float32),
        y=y.astype(np.float32),
        magnitude=magnitude.astype(np.float32),
        direction=np.arctan2(y, x).astype(np.float32),
        thinned=np.where(highest, magnitude, 0.0).astype(np.float32),
        strong=strong,
        weak=ridge & ~strong,
        edges=_follow(ridge, strong),
    )


def _is_ridge(
    x: NDArray[np.float64], y: NDArray[np.float64], magnitude: NDArray[np.float64]
) -> Mask:
    """Whether a pixel is at least as high as both points one step along its slope."""
    result = np.zeros(magnitude.shape, bool)
    if min(magnitude.shape) < 3:
        return result
    inner = (slice(1, -1), slice(1, -1))
    across, down, middle = x[inner], y[inner], magnitude[inner]
    steep = np.abs(down) > np.abs(across)
    longer = np.maximum(np.abs(down), np.abs(across))
    shorter = np.minimum(np.abs(down), np.abs(across))
    weight = np.divide(shorter, longer, out=np.zeros_like(longer), where=longer > 0)
    falling = across * down >= 0  # the slope runs to the lower right or to the upper left
    highest = longer > 0
    for sign in (1, -1):
        straight = np.where(steep, _step(magnitude, sign, 0), _step(magnitude, 0, sign))
        along = np.where(steep, _step(magnitude, sign, -sign), _step(magnitude, -sign, sign))
        diagonal = np.where(falling, _step(magnitude, sign, sign), along)
        highest &= diagonal * weight + straight * (1 - weight) <= middle
    result[inner] = highest
    return result


def _step(magnitude: NDArray[np.float64], rows: int, columns: int) -> NDArray[np.float64]:
    """The neighbours of all inner pixels, so many rows down and columns to the right."""
    height, width = magnitude.shape
    return magnitude[1 + rows : height - 1 + rows, 1 + columns : width - 1 + columns]


def _follow(ridge: Mask, strong: Mask) -> Mask:
    labels, count = ndimage.label(ridge, EIGHT_NEIGHBOURS)
    holds_strong = np.zeros(count + 1, bool)
    holds_strong[np.unique(labels[strong])] = True
    return np.asarray(holds_strong[labels])
