"""A painting in the colours of the photo it was made of, in two ways.

By luminance: light and dark are the painting's, Cb and Cr of ITU-R BT.601 the photo's. Changing Y
alone adds the same to red, green and blue. By histogram: colours are moved along straight lines,
x' = A x + b, until their mean and covariance are those wanted; with

    A = C_wanted^(1/2) C_given^(-1/2)        (symmetric square roots)

Both from Gatys, Bethge, Hertzmann and Shechtman, *Preserving Color in Neural Artistic Style
Transfer*, 2016, https://arxiv.org/abs/1606.05897 (luminance only, section 3; the "Image Analogies"
form of colour matching, section 4).
"""

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models._images import Pixels, to_grey

__all__ = ["Colours", "Recolour", "match_colours", "recolouring", "take_luminance"]

Colours = Literal["luminance", "histogram"]
Recolour = Callable[[Pixels, Pixels], Pixels]  # painting, photo of the same place -> painting
ROUNDING = 1 / 12  # variance of what rounding to whole grey levels does; keeps A finite


def recolouring(colours: Colours, painting: Pixels, photo: Pixels) -> Recolour:
    """How to give parts of a painting the colours of the photo.

    Args:
        colours: Which of the two ways.
        painting: All of it, or a thumbnail.
        photo: The same of the photo.

    Returns:
        What takes a part of the painting and the photo there, (height, width, 3) both.
    """
    if colours == "luminance":
        return take_luminance
    return match_colours(painting, photo)


def take_luminance(painting: Pixels, photo: Pixels) -> Pixels:
    """Light and dark from a painting, colours from a photo of the same size."""
    brighter = to_grey(painting) - to_grey(photo)
    return _whole(photo + brighter[..., None])


def match_colours(given: Pixels, wanted: Pixels) -> Recolour:
    """How to move colours so that ``given`` gets the mean and covariance of ``wanted``.

    Args:
        given: (height, width, 3), the picture whose colours shall move.
        wanted: (height, width, 3), of any size.

    Returns:
        What moves the colours of ``given``, or of a part of it; its second argument is not read.
    """
    (mean, spread), (goal, reach) = _moments(given), _moments(wanted)
    matrix = (_power(reach, 0.5) @ _power(spread, -0.5)).astype(np.float32)
    shift = (goal - matrix @ mean).astype(np.float32)
    return lambda painting, photo: _whole(painting.astype(np.float32) @ matrix.T + shift)


def _moments(pixels: Pixels) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean (3,) and covariance (3, 3) of the colours, in grey levels."""
    colours = pixels.reshape(-1, 3).astype(np.float64)
    covariance = np.cov(colours.T, bias=True)
    return colours.mean(axis=0), covariance + ROUNDING * np.eye(3)


def _power(matrix: NDArray[np.float64], exponent: float) -> NDArray[np.float64]:
    values, vectors = np.linalg.eigh(matrix)
    powered: NDArray[np.float64] = (vectors * np.maximum(values, ROUNDING) ** exponent) @ vectors.T
    return powered


def _whole(values: NDArray[np.float32]) -> Pixels:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
