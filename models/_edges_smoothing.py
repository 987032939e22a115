"""Smoothing kernels beside each other: what they take of noise and of detail."""

from dataclasses import dataclass

import numpy as np

from models._edges_analysis import analyse_kernel
from models._edges_kernels import KERNELS
from models._edges_sliding import Map, slide
from models._images import Pixels, as_pixels, to_grey
from models._ranges import checked

__all__ = ["Smoothed", "compare_smoothing"]

SMOOTHING = ("box_3", "box_5", "box_7", "gaussian_3", "gaussian_5", "gaussian_7")


@dataclass(frozen=True, eq=False)
class Smoothed:
    """A photo after one smoothing kernel."""

    name: str  # in KERNELS
    values: Map  # (H, W) grey levels
    largest_weight: float
    noise_gain: float  # noise after / noise before
    spread: float  # pixels
    detail: float  # mean |slope| after / before


@checked
def compare_smoothing(photo: Pixels) -> tuple[Smoothed, ...]:
    """Blur a photo with every smoothing kernel and measure how much detail is left.

    The smaller and the more even the weights, the blurrier: noise that differs from pixel to pixel
    is divided by 1 / sqrt(sum of squared weights), which for n even weights is sqrt(n).

    Args:
        photo: uint8 (H, W) or (H, W, 3); colour is weighed to grey.

    Returns:
        One result for each of the box and Gaussian kernels.
    """
    grey = to_grey(as_pixels(photo))
    before = _mean_slope(grey)
    return tuple(_smoothed(grey, name, before) for name in SMOOTHING)


def _smoothed(grey: Map, name: str, before: float) -> Smoothed:
    values = slide(grey, KERNELS[name], "reflect", flip=False)
    report = analyse_kernel(name, 9)
    return Smoothed(
        name=name,
        values=values,
        largest_weight=float(KERNELS[name].max()),
        noise_gain=report.noise_gain,
        spread=report.spread or 0.0,
        detail=_mean_slope(values) / before if before else 1.0,
    )


def _mean_slope(grey: Map) -> float:
    across, down = np.diff(grey, axis=1), np.diff(grey, axis=0)
    return float(np.abs(across).sum() + np.abs(down).sum()) / max(1, across.size + down.size)
