"""What pooling makes of a small shift.

A maximum over a window does not ask where in the window it was: bright spots that move by less
than the window often leave the pooled picture as it was. Not always: a spot that crosses the
border of its window moves the answer, and with a stride the pooled picture is only sure to move
along when the shift is a multiple of the stride (Zhang, *Making Convolutional Networks
Shift-Invariant Again*, 2019).
"""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from models._errors import InputError
from models._ranges import Range, checked
from models._window import Window

__all__ = ["PoolingShift", "pooling_shift"]

Grid = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class PoolingShift:
    """The same numbers before and after a shift, pooled in two ways; all (height, width)."""

    before: Grid
    after: Grid
    max_before: Grid
    max_after: Grid
    average_before: Grid
    average_after: Grid
    unchanged: float  # share of the input cells that keep their number, 0..1
    max_unchanged: float  # share of the maxima that keep their number
    average_unchanged: float  # share of the averages that keep their number
    change: float  # mean absolute change, as a share of the mean absolute number
    max_change: float
    average_change: float


@checked
def pooling_shift(
    size: Annotated[int, Range(4, 16, 1, "px")] = 8,
    kernel: Annotated[int, Range(1, 8, 1)] = 2,
    stride: Annotated[int, Range(1, 8, 1, "px")] = 2,
    right: Annotated[int, Range(-4, 4, 1, "px")] = 1,
    down: Annotated[int, Range(-4, 4, 1, "px")] = 0,
    numbers: Literal["spots", "bar", "random", "smooth"] = "spots",
    seed: Annotated[int, Range(0, 9999, 1)] = 0,
) -> PoolingShift:
    """Pool numbers, shift them, pool again, and count what stayed.

    Args:
        size: Height and width of the picture.
        kernel: Taps of the pooling window.
        stride: Pixels from one window to the next.
        right: Shift to the right; negative to the left.
        down: Shift downwards; negative upwards.
        numbers: What the picture is filled with.
        seed: Which random numbers.

    Returns:
        Both pictures, their maxima and averages, and the shares that stayed the same.

    Raises:
        InputError: ``window_too_large`` when the window fits nowhere.

    >>> pooling_shift(right=0).max_unchanged
    1.0
    """
    wide = _numbers(numbers, size + 8, seed)  # a margin of 4 all round, for the shift
    before = wide[4 : 4 + size, 4 : 4 + size]
    after = wide[4 - down : 4 - down + size, 4 - right : 4 - right + size]
    grids = [
        (before, after),
        (_pool(before, kernel, stride, np.max), _pool(after, kernel, stride, np.max)),
        (_pool(before, kernel, stride, np.mean), _pool(after, kernel, stride, np.mean)),
    ]
    shares = [float(np.mean(np.isclose(one, other))) for one, other in grids]
    (plain, plain_after), (most, most_after), (mean, mean_after) = grids
    return PoolingShift(
        plain,
        plain_after,
        most,
        most_after,
        mean,
        mean_after,
        *shares,
        *(_change(*pair) for pair in grids),
    )


def _numbers(numbers: str, side: int, seed: int) -> Grid:
    generator = np.random.default_rng(seed)
    rows, columns = np.indices((side, side))
    if numbers == "bar":
        return np.where((columns % 8 == 4) | (columns % 8 == 5), 9, 0).astype(np.float32)
    if numbers == "smooth":
        waves = np.sin(rows / 2.5) + np.cos(columns / 2)
        return np.rint((waves + 2) * 2.25).astype(np.float32)
    filled = generator.integers(0, 10, (side, side))
    if numbers == "spots":
        filled = np.where((rows % 4 == 0) & (columns % 4 == 0), 5 + filled // 2, 0)
    return filled.astype(np.float32)


def _pool(values: Grid, kernel: int, stride: int, reduce: object) -> Grid:
    window = Window(values.shape[0], kernel, stride=stride)
    if window.count < 1:
        raise InputError("window_too_large", extent=kernel, padded=values.shape[0])
    patches = np.lib.stride_tricks.sliding_window_view(values, (kernel, kernel))
    pooled: Grid = reduce(patches[::stride, ::stride], axis=(2, 3)).astype(np.float32)  # type: ignore[operator]
    return pooled


def _change(before: Grid, after: Grid) -> float:
    return float(np.abs(after - before).mean() / max(float(np.abs(before).mean()), 1e-9))
