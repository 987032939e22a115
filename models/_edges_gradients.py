"""The slope of a photo: two kernels, one arrow for each pixel.

Two kernels that answer to change along x and along y give the slope as a vector; its length is the
strength of the edge and its angle the way the brightness rises.

Sources: Szeliski, "Computer Vision", 2nd edition, section 7.2; Jaehne, Scharr and Koerkel,
"Principles of Filter Design" (1999) for the rotation error.
"""

from dataclasses import dataclass
from typing import Annotated, Literal, TypeVar, get_args

import numpy as np
from numpy.typing import NDArray

from models._edges_kernels import KERNELS
from models._edges_sliding import Border, Map, slide
from models._images import Pixels, as_pixels, to_grey
from models._ranges import Range, checked

__all__ = ["GAINS", "OPERATORS", "Gradient", "Operator", "RotationError"]
__all__ += ["gradient", "rotation_error", "slope_of"]

Floats = TypeVar("Floats", Map, NDArray[np.float64])
Operator = Literal["sobel", "prewitt", "scharr", "roberts"]

OPERATORS: tuple[Operator, ...] = get_args(Operator)
# How many grey levels an operator answers to a slope of one grey level a pixel.
GAINS = {"sobel": 8.0, "prewitt": 6.0, "scharr": 32.0, "roberts": float(np.sqrt(2.0))}


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
