"""What a walk goes over: inputs and kernels of numbers that are easy to follow."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["Numbers", "Values", "Weights", "fill_numbers", "fill_weights"]

Numbers = Literal["counting", "random", "edge", "spot", "checkerboard"]
Weights = Literal["random", "ones", "mean", "edge", "bilinear"]
Values = NDArray[np.float32]


def fill_numbers(numbers: str, shape: tuple[int, int], generator: np.random.Generator) -> Values:
    """Fill an input of (height, width) with numbers that are easy to follow."""
    rows, columns = np.indices(shape)
    patterns = {
        "counting": rows * shape[1] + columns,
        "edge": np.where(columns < (shape[1] + 1) // 2, 1, 8),
        "spot": np.where((rows == shape[0] // 2) & (columns == shape[1] // 2), 9, 0),
        "checkerboard": (rows + columns) % 2 * 9,
    }
    if numbers in patterns:
        return patterns[numbers].astype(np.float32)
    return generator.integers(0, 10, shape).astype(np.float32)


def fill_weights(weights: str, shape: tuple[int, int], generator: np.random.Generator) -> Values:
    """Fill a kernel of (height, width)."""
    rows, columns = shape
    if weights == "ones":
        return np.ones(shape, np.float32)
    if weights == "mean":
        return np.full(shape, 1 / (rows * columns), np.float32)
    if weights == "edge":
        return np.broadcast_to(np.sign(np.arange(columns) - (columns - 1) / 2), shape).astype(
            np.float32
        )
    if weights == "bilinear":
        return np.outer(_tent(rows), _tent(columns)).astype(np.float32)
    return generator.integers(-2, 3, shape).astype(np.float32)


def _tent(taps: int) -> NDArray[np.float64]:
    """Weights that interpolate linearly when the stride is half the taps (rounded up)."""
    factor = (taps + 1) // 2
    middle = factor - 1 if taps % 2 else factor - 0.5
    tent: NDArray[np.float64] = 1 - np.abs(np.arange(taps) - middle) / factor
    return tent
