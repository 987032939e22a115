"""Answers as pictures: signed, absolute or clipped, and Canny's stages one by one."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gallery.figures.heatmap import coloured
from models._images import Pixels, to_grey

if TYPE_CHECKING:
    from models._edges_gradients import CannyStages
    from models.edge_filters import Presentation, Smoothed

__all__ = ["blurred", "canny_pictures", "detail_window", "pictured"]

Window = tuple[slice, slice]
WEAK, STRONG, DROPPED = (230, 159, 0), (0, 114, 178), (200, 200, 200)  # Okabe-Ito and a grey
DETAIL = 48  # pixels a side of a detail
ENLARGED = 8  # times


def pictured(shown: "Presentation", signed: bool) -> Pixels:
    """Put an answer on the screen: uint8 (height, width, 3).

    Grey answers take the signed colours where they have a sign; the three channels of a colour
    answer are scaled alike, so that what is 0 becomes middle grey where there is a sign.
    """
    if shown.values.ndim == 2 and signed:
        return coloured(shown.values, signed=True, limit=shown.high)
    share = (shown.values - shown.low) / (shown.high - shown.low)
    levels = np.clip(np.rint(share * 255), 0, 255).astype(np.uint8)
    return levels if levels.ndim == 3 else np.dstack([levels] * 3)


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
