"""The slope of a photo: two kernels, one arrow for each pixel, and Canny's way from slope to line.

Two kernels that answer to change along x and along y give the slope as a vector; its length is the
strength of the edge and its angle the way the brightness rises. Canny's detector thins that slope
to lines of one pixel and keeps a weak line only where it hangs on a strong one.

Sources: Canny, "A Computational Approach to Edge Detection", IEEE TPAMI 8 (1986) 679; Szeliski,
"Computer Vision", 2nd edition, section 7.2; Jaehne, Scharr and Koerkel, "Principles of Filter
Design" (1999) for the rotation error.
"""

from dataclasses import dataclass
from typing import Annotated, Literal, TypeVar, get_args

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from models._edges_kernels import KERNELS
from models._edges_scoring import Mask
from models._edges_sliding import Border, Map, slide
from models._errors import InputError
from models._images import Pixels, as_pixels, to_grey
from models._ranges import Range, checked

__all__ = ["CannyStages", "Gradient", "Operator", "RotationError", "Sigma", "Threshold"]
__all__ += ["GAINS", "OPERATORS", "canny", "gradient", "rotation_error", "slope_of"]

Floats = TypeVar("Floats", Map, NDArray[np.float64])
Operator = Literal["sobel", "prewitt", "scharr", "roberts"]
Sigma = Annotated[float, Range(0.0, 6.0, 0.1, "px")]
Threshold = Annotated[float, Range(0.0, 1100.0, 5.0)]

OPERATORS: tuple[Operator, ...] = get_args(Operator)
# How many grey levels an operator answers to a slope of one grey level a pixel.
GAINS = {"sobel": 8.0, "prewitt": 6.0, "scharr": 32.0, "roberts": float(np.sqrt(2.0))}
EIGHT_NEIGHBOURS = np.ones((3, 3), bool)


@dataclass(frozen=True, eq=False)
class Gradient:
    """The slope of a photo at every pixel."""

    x: Map  # (H', W') change along a row: positive where it gets brighter to the right
    y: Map  # (H', W') change down a column: positive where it gets brighter downwards
    magnitude: Map  # (H', W') sqrt(x^2 + y^2), on the scale of the operator's own kernels
    direction: Map  # (H', W') radians, -pi .. pi: the way it gets brighter, 0 right, pi / 2 down
    gain: float  # the answer of the operator to a slope of one grey level a pixel

    @property
    def slope(self) -> Map:
        """(H', W') grey levels a pixel: the magnitude on the one scale of all operators."""
        return np.asarray(self.magnitude / np.float32(self.gain), np.float32)


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


@dataclass(frozen=True, eq=False)
class RotationError:
    """How an operator answers stripes of one strength turned to every angle."""

    angles: NDArray[np.float32]  # (n,) degrees, 0 .. 90: the way the stripes get brighter
    gain: NDArray[np.float32]  # (n,) measured slope / true slope; 1 is right
    direction_error: NDArray[np.float32]  # (n,) degrees, measured angle - true angle
    unevenness: float  # (highest gain - lowest gain) / mean gain
    worst_direction: float  # degrees


@checked
def gradient(
    photo: Pixels,
    operator: Operator = "sobel",
    border: Border = "reflect",
) -> Gradient:
    """Measure how steeply, and which way, a photo gets brighter at every pixel.

    The kernels are the operator's own, not scaled: divide by ``gain`` for grey levels a pixel.
    Roberts looks along the two diagonals; its pair is turned by 45 degrees to give x and y, and
    its answer stands half a pixel to the upper left.

    Args:
        photo: uint8 (H, W) or (H, W, 3); colour is weighed to grey first (ITU-R BT.601).
        operator: Whose pair of kernels.
        border: What lies beyond the rim.

    Returns:
        x, y, magnitude and direction, float32; y points down, as the rows do.
    """
    return slope_of(to_grey(as_pixels(photo)), operator, border)


def slope_of(grey: Map, operator: Operator, border: Border = "reflect") -> Gradient:
    """The gradient of float32 grey levels (H, W), for callers that smooth them first."""
    first = slide(grey, KERNELS[f"{operator}_x"], border, flip=False)
    second = slide(grey, KERNELS[f"{operator}_y"], border, flip=False)
    x, y = _straightened(operator, first, second)
    return Gradient(x, y, np.hypot(x, y), np.arctan2(y, x), GAINS[operator])


def _straightened(operator: str, first: Floats, second: Floats) -> tuple[Floats, Floats]:
    if operator != "roberts":
        return first, second
    root = first.dtype.type(np.sqrt(0.5))  # keeps the length of the vector
    return (first - second) * root, (first + second) * root


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


@checked
def rotation_error(
    operator: Operator = "sobel",
    wavelength: Annotated[float, Range(3.0, 64.0, 0.5, "px")] = 8.0,
) -> RotationError:
    """Compare an operator's slope with the true one, for stripes turned to every angle.

    Stripes sin(2 pi / wavelength (x cos a + y sin a)) are 2 pi / wavelength steep in the direction
    a, whatever a is. What an operator answers follows from the frequency response of its kernels;
    where that length or angle depends on a, the operator is not rotation symmetric.

    Args:
        operator: Whose pair of kernels.
        wavelength: Of the stripes; the shorter, the worse every operator of this size.

    Returns:
        Gain and angle error at 0 to 90 degrees.

    >>> [round(rotation_error(name).worst_direction, 2) for name in ("prewitt", "sobel", "scharr")]
    [1.56, 0.75, 0.16]
    """
    angles = np.linspace(0.0, 90.0, 91)
    turn = np.deg2rad(angles)
    first, second = (_amplitude(f"{operator}_{axis}", turn, wavelength) for axis in "xy")
    x, y = _straightened(operator, first, second)
    gain = np.hypot(x, y) / GAINS[operator] / (2 * np.pi / wavelength)
    wrong = np.rad2deg(np.arctan2(y, x)) - angles
    return RotationError(
        angles=angles.astype(np.float32),
        gain=gain.astype(np.float32),
        direction_error=wrong.astype(np.float32),
        unevenness=float((gain.max() - gain.min()) / gain.mean()),
        worst_direction=float(np.abs(wrong).max()),
    )


def _amplitude(name: str, angles: NDArray[np.float64], wavelength: float) -> NDArray[np.float64]:
    """What a kernel that is odd about its middle answers to sin(...) where the stripes rise."""
    kernel = KERNELS[name].astype(np.float64)
    rows, columns = (np.arange(side) - (side - 1) / 2 for side in kernel.shape)
    x = np.cos(angles)[:, None, None] * columns[None, None, :]
    y = np.sin(angles)[:, None, None] * rows[None, :, None]
    return np.asarray((kernel * np.sin(2 * np.pi / wavelength * (x + y))).sum(axis=(1, 2)))
