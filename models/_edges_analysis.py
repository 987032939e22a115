"""What can be read off a kernel before any photo is seen: its sum, its spectrum, its rank.

Sources: Gonzalez and Woods, "Digital Image Processing", 4th edition, sections 3.4 and 4.7; Strang,
"Introduction to Linear Algebra", 5th edition, chapter 7, for the singular values.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models._edges_kernels import Weights, as_kernel
from models._ranges import Range, checked

__all__ = ["KernelReport", "analyse_kernel"]

RANK_TOLERANCE = 1e-6  # of the largest singular value; float32 weights carry about 7 digits


@dataclass(frozen=True, eq=False)
class KernelReport:
    """What can be known of a kernel before any photo is seen."""

    kernel: Weights  # (rows, columns)
    sum: float  # gain on an even surface; 1 keeps the brightness, 0 makes it black
    smooths: bool  # no negative weight, and a sum above 0
    noise_gain: float  # sqrt of the sum of squares: noise after / noise before, if independent
    spread: float | None  # pixels: standard deviation of a smoothing kernel, per axis; else None
    gain: NDArray[np.float32]  # (size, size) |frequency response|, frequency 0 in the middle
    frequencies: NDArray[np.float32]  # (size,) cycles per pixel, -0.5 .. 0.5
    singular_values: NDArray[np.float32]  # (min(rows, columns),) falling
    rank: int
    separable: bool  # rank 1: one column times one row
    column: NDArray[np.float32] | None  # (rows,) with outer(column, row) == kernel, if separable
    row: NDArray[np.float32] | None  # (columns,)
    multiplications: int  # a pixel, in two dimensions: rows x columns
    multiplications_separable: int  # a pixel, column after row for each rank

    @property
    def cuts(self) -> dict[str, NDArray[np.float32]]:
        """(size,) the gain across, down, and along the diagonal."""
        middle = len(self.frequencies) // 2
        return {
            "across": self.gain[middle],
            "down": self.gain[:, middle],
            "diagonal": self.gain.diagonal(),
        }

    @property
    def character(self) -> Literal["smooths", "detects", "sharpens", "mixes"]:
        """What it does: a sum of 0 detects change; a gain that grows with frequency sharpens."""
        if self.smooths:
            return "smooths"
        if abs(self.sum) <= 1e-4 * float(np.abs(self.kernel).sum()):
            return "detects"
        corner = float(min(self.gain[0, 0], self.gain[0, -1]))
        return "sharpens" if corner > abs(self.sum) else "mixes"


@checked
def analyse_kernel(
    kernel: ArrayLike = "sobel_x",
    size: Annotated[int, Range(9, 129, 2)] = 65,
) -> KernelReport:
    """Tell what a kernel does from its weights alone.

    The frequency response is H(u, v) = sum over (i, j) of kernel[i, j] exp(-2 pi i (u j + v i)),
    with u and v in cycles per pixel; ``gain`` is its absolute value. The kernel is separable where
    its matrix has rank 1: a column, then a row, then cost rows + columns multiplications a pixel
    in place of rows x columns.

    Args:
        kernel: A name of ``KERNELS``, or a table of numbers.
        size: Samples of the frequency response along each axis.

    Returns:
        Sum, noise gain, frequency response, singular values, rank, and the factors if separable.

    >>> report = analyse_kernel([[1, 0, -1], [2, 0, -2], [1, 0, -1]])
    >>> report.rank, report.column.tolist(), report.row.tolist()
    (1, [1.0, 2.0, 1.0], [1.0, 0.0, -1.0])
    >>> analyse_kernel("laplacian_4").rank
    2
    """
    weights = as_kernel(kernel)
    singular = np.linalg.svd(weights.astype(np.float64), compute_uv=False)
    rank = int((singular > RANK_TOLERANCE * singular[0]).sum())
    column, row = _factors(weights) if rank == 1 else (None, None)
    frequencies = np.linspace(-0.5, 0.5, size)
    smooths = bool((weights >= 0).all() and weights.sum() > 0)
    return KernelReport(
        kernel=weights,
        sum=float(weights.sum(dtype=np.float64)),
        smooths=smooths,
        noise_gain=float(np.sqrt(np.square(weights, dtype=np.float64).sum())),
        spread=_spread(weights) if smooths else None,
        gain=_gain(weights, frequencies),
        frequencies=frequencies.astype(np.float32),
        singular_values=singular.astype(np.float32),
        rank=rank,
        separable=rank == 1,
        column=column,
        row=row,
        multiplications=weights.size,
        multiplications_separable=rank * sum(weights.shape),
    )


def _factors(weights: Weights) -> tuple[Weights, Weights]:
    """Write a kernel of rank 1 as a column times a row, the column in its simplest numbers."""
    top, left = np.unravel_index(np.abs(weights).argmax(), weights.shape)
    column = weights[:, left].astype(np.float64)
    smallest = np.abs(column[np.abs(column) > RANK_TOLERANCE * np.abs(column).max()]).min()
    column = column / smallest * (1.0 if column.sum() >= 0 else -1.0)
    row = weights[top].astype(np.float64) / column[top]
    return column.astype(np.float32), row.astype(np.float32)


def _gain(weights: Weights, frequencies: NDArray[np.float64]) -> NDArray[np.float32]:
    rows, columns = (np.arange(side) for side in weights.shape)
    down = np.exp(-2j * np.pi * np.outer(frequencies, rows))  # (size, rows)
    across = np.exp(-2j * np.pi * np.outer(columns, frequencies))  # (columns, size)
    return np.asarray(np.abs(down @ weights @ across), np.float32)


def _spread(weights: Weights) -> float:
    """Root mean square distance from the centre of weight, along one axis, in pixels."""
    share = weights.astype(np.float64) / weights.sum(dtype=np.float64)
    rows, columns = np.indices(share.shape)
    variance = sum(
        float((share * (axis - (share * axis).sum()) ** 2).sum()) for axis in (rows, columns)
    )
    return float(np.sqrt(variance / 2))
