"""What can be measured on a picture without any network: its light, its form, its colours.

The form of grey pictures is that of a cloud whose weight at each pixel is its level: its standard
deviations across and down, and how far it leans (the regression of x on height).
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from models._images import GREY_WEIGHTS, Pixels

__all__ = ["measure_traits"]


def measure_traits(images: Pixels) -> Mapping[str, NDArray[np.float32]]:
    """Measure every picture.

    Args:
        images: (N, height, width, channels).

    Returns:
        Name of the trait -> (N,). ``brightness`` and ``contrast``: mean and deviation of the
        levels, 0..1; grey pictures: ``width`` and ``height`` in pixels (one deviation) and
        ``slant`` in degrees, positive where the top leans to the right; colour: ``warmth``, red
        less blue, -1..1, and ``saturation``, 0..1.
    """
    levels = images.astype(np.float64) / 255
    grey = levels @ np.array(GREY_WEIGHTS) if images.shape[3] == 3 else levels[..., 0]
    found = {"brightness": grey.mean((1, 2)), "contrast": grey.std((1, 2))}
    more = _colours(levels) if images.shape[3] == 3 else _form(grey)
    return {name: values.astype(np.float32) for name, values in (found | more).items()}


def _colours(levels: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    return {
        "warmth": (levels[..., 0] - levels[..., 2]).mean((1, 2)),
        "saturation": (levels.max(3) - levels.min(3)).mean((1, 2)),
    }


def _form(grey: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Moments of the light; a black picture has none and is given zeros."""
    weights = grey / np.maximum(grey.sum((1, 2), keepdims=True), 1e-9)
    down, across = np.arange(grey.shape[1])[:, None], np.arange(grey.shape[2])[None]
    top, left = ((weights * at).sum((1, 2))[:, None, None] for at in (down, across))
    below, right = down - top, across - left  # (N, height, 1), (N, 1, width)
    tall = (weights * below**2).sum((1, 2))
    wide = (weights * right**2).sum((1, 2))
    together = (weights * below * right).sum((1, 2))
    return {
        "width": np.sqrt(wide),
        "height": np.sqrt(tall),
        "slant": np.degrees(np.arctan(-together / np.maximum(tall, 1e-9))),
    }
