"""Answers as pictures: signed, absolute or clipped, and Canny's stages one by one."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gallery.figures.heatmap import coloured
from models._images import Pixels, to_grey

if TYPE_CHECKING:
    from models._edges_canny import CannyStages
    from models._edges_smoothing import Smoothed
    from models.edge_filters import Presentation

__all__ = ["blurred", "canny_pictures", "detail_window", "pictured"]

Window = tuple[slice, slice]
WEAK, STRONG, DROPPED = (230, 159, 0), (0, 114, 178), (200, 200, 200)  # Okabe-Ito and a grey
BELOW = (213, 94, 0)  # the strongest answer below 0 of a kernel that keeps brightness
DETAIL = 48  # pixels a side of a detail
ENLARGED = 8  # times


def pictured(shown: "Presentation", signed: bool) -> Pixels:
    """Put an answer on the screen: uint8 (height, width, 3).

    Grey answers take the signed colours where they have a sign; if the kernel keeps the brightness
    of a surface, they stay grey as in a photo, and only what is below 0 is red. The channels of
    a colour answer are scaled alike: what is 0 becomes middle grey where there is a sign.
    """
    values, low, high = shown.values, shown.low, shown.high
    grey = values.ndim == 2
    if signed and shown.keeps_surface:
        low, high = 0.0, 255.0
    if signed and grey and not shown.keeps_surface:
        return coloured(values, signed=True, limit=high)
    levels = np.clip(np.rint((values - low) / (high - low) * 255), 0, 255).astype(np.uint8)
    picture = np.dstack([levels] * 3) if grey else levels
    if signed and grey:
        depth = 0.3 + 0.7 * np.clip(-values / shown.high, 0, 1)
        below = depth[..., None] * np.array(BELOW)
        picture = np.where((values < 0)[..., None], below, picture)
    return np.asarray(picture, np.uint8)


def detail_window(edges: NDArray[np.bool_]) -> Window:
    """The square with the most edges in it."""
    height, width = edges.shape
    side = min(DETAIL, height, width)
    sums = np.pad(edges.astype(np.int64), ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
    inside = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    top, left = np.unravel_index(inside.argmax(), inside.shape)
    return slice(int(top), int(top) + side), slice(int(left), int(left) + side)


def canny_pictures(stages: "CannyStages", enlarge: bool) -> Iterator[tuple[str, Pixels]]:
    """Every stage with its name, whole or as one detail whose pixels can be told apart."""
    window = detail_window(stages.edges) if enlarge else (slice(None), slice(None))
    limit = float(stages.magnitude.max())
    candidates = np.full((*stages.edges.shape, 3), 255, np.uint8)
    candidates[(stages.thinned > 0) & ~stages.strong & ~stages.weak] = DROPPED
    candidates[stages.weak] = WEAK
    candidates[stages.strong] = STRONG
    grey = np.clip(np.rint(stages.smoothed), 0, 255).astype(np.uint8)
    pictures = {
        "smoothed": np.dstack([grey] * 3),
        "magnitude": coloured(stages.magnitude, limit=limit),
        "thinned": coloured(stages.thinned, limit=limit),
        "candidates": candidates,
        "edges": np.dstack([np.where(stages.edges, np.uint8(0), np.uint8(255))] * 3),
    }
    for name, pixels in pictures.items():
        yield name, _enlarged(pixels[window]) if enlarge else pixels


def blurred(photo: Pixels, smoothed: "Sequence[Smoothed]", enlarge: bool) -> list[Pixels]:
    """The photo and its blurred versions, whole or as the detail with the most contrast."""
    grey = to_grey(photo)
    steep = np.hypot(*np.gradient(grey)) if min(grey.shape) > 1 else np.zeros_like(grey)
    window = detail_window(steep > np.percentile(steep, 90))
    levels = [grey, *(one.values for one in smoothed)]
    pictures = [np.clip(np.rint(values), 0, 255).astype(np.uint8) for values in levels]
    if not enlarge:
        return pictures
    return [_enlarged(picture[window]) for picture in pictures]


def _enlarged(picture: Pixels) -> Pixels:
    return picture.repeat(ENLARGED, axis=0).repeat(ENLARGED, axis=1)
