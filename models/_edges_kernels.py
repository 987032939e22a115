"""The kernels: small tables of weights, what each of them is, and what can be read off one.

A kernel says of each neighbour how much it counts. Its sum is the gain on an even surface (1 keeps
the brightness, 0 answers only where something changes), its Fourier transform the gain on every
pattern of stripes, and its singular values tell whether a column times a row would do the same work
with fewer multiplications.

Sources: Prewitt (1970); Sobel and Feldman (1968, in Duda and Hart, 1973); Roberts (1963); Scharr,
"Optimale Operatoren in der Digitalen Bildverarbeitung", Heidelberg (2000); Gonzalez and Woods,
"Digital Image Processing", 4th edition, sections 3.4 to 3.6 and 10.2.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models._errors import InputError
from models._ranges import Range, checked

__all__ = ["KERNELS", "Weights", "as_kernel", "keeps_surface", "normalise_kernel", "resize_kernel"]

Weights = NDArray[np.float32]

MAXIMUM_SIDE = 15
MAXIMUM_WEIGHT = 1000.0


def _binomial(side: int) -> NDArray[np.float64]:
    row = np.array([1.0])
    for _ in range(side - 1):
        row = np.convolve(row, [1.0, 1.0])
    return np.asarray(np.outer(row, row) / row.sum() ** 2)


def _frozen(table: ArrayLike) -> Weights:
    weights = np.array(table, np.float32)
    weights.flags.writeable = False
    return weights


_TABLES: dict[str, ArrayLike] = {
    "sobel_x": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
    "sobel_y": [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
    "prewitt_x": [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]],
    "prewitt_y": [[-1, -1, -1], [0, 0, 0], [1, 1, 1]],
    "scharr_x": [[-3, 0, 3], [-10, 0, 10], [-3, 0, 3]],
    "scharr_y": [[-3, -10, -3], [0, 0, 0], [3, 10, 3]],
    "roberts_x": [[-1, 0], [0, 1]],  # brighter towards the lower right: positive
    "roberts_y": [[0, -1], [1, 0]],  # brighter towards the lower left: positive
    "laplacian_4": [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
    "laplacian_8": [[1, 1, 1], [1, -8, 1], [1, 1, 1]],
    "gaussian_3": _binomial(3),
    "gaussian_5": _binomial(5),
    "gaussian_7": _binomial(7),
    "box_3": np.full((3, 3), 1 / 9),
    "box_5": np.full((5, 5), 1 / 25),
    "box_7": np.full((7, 7), 1 / 49),
    "sharpen": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
    "emboss": [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]],
    "identity": [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
}
KERNELS: Mapping[str, Weights] = MappingProxyType(
    {name: _frozen(table) for name, table in _TABLES.items()}
)


def as_kernel(kernel: ArrayLike) -> Weights:
    """Check that something is a kernel and hand it over as float32.

    Args:
        kernel: A name of ``KERNELS``, or a table of numbers, 1 to 15 rows and columns.

    Returns:
        float32 (rows, columns).

    Raises:
        InputError: ``kernel_unknown``, ``kernel_shape``, ``kernel_not_numbers``,
            ``kernel_not_finite`` or ``kernel_too_large``.
    """
    if isinstance(kernel, str):
        if kernel not in KERNELS:
            raise InputError("kernel_unknown", name=kernel[:40], allowed=", ".join(KERNELS))
        return KERNELS[kernel]
    weights = _as_numbers(kernel)
    if weights.ndim != 2 or not all(1 <= side <= MAXIMUM_SIDE for side in weights.shape):
        raise InputError("kernel_shape", shape=_named(weights.shape), limit=MAXIMUM_SIDE)
    if not np.isfinite(weights).all():
        raise InputError("kernel_not_finite")
    if np.abs(weights).max() > MAXIMUM_WEIGHT:
        raise InputError("kernel_too_large", limit=int(MAXIMUM_WEIGHT))
    return weights.astype(np.float32)


def keeps_surface(weights: Weights) -> bool:
    """Whether an even surface stays bright: the weights add up to more than 0."""
    size = float(np.abs(weights).sum(dtype=np.float64))
    return float(weights.sum(dtype=np.float64)) > 1e-4 * size


def _as_numbers(kernel: ArrayLike) -> NDArray[np.float64]:
    try:
        table = np.asarray(kernel)
    except ValueError as error:  # rows of different lengths
        raise InputError("kernel_shape", shape="?", limit=MAXIMUM_SIDE) from error
    if table.dtype.kind not in "iuf":  # not texts, not true/false, not complex, not None
        raise InputError("kernel_not_numbers")
    return table.astype(np.float64)


def _named(shape: tuple[int, ...]) -> str:
    return " × ".join(str(side) for side in shape) or "1"


@checked
def normalise_kernel(kernel: ArrayLike = "sobel_x") -> Weights:
    """Scale a kernel so that its answer stays on the scale of the photo.

    The weights are divided by their sum, so that an even surface keeps its brightness. Where the
    sum is 0 (kernels that look for change) they are divided by the sum of the positive ones: the
    answer then lies between -255 and 255.

    Args:
        kernel: A name of ``KERNELS``, or a table of numbers.

    Returns:
        float32 (rows, columns); a kernel of zeros stays one.

    >>> normalise_kernel([[1, 2, 1]]).tolist()
    [[0.25, 0.5, 0.25]]
    >>> normalise_kernel([[-2, 0, 2]]).tolist()
    [[-1.0, 0.0, 1.0]]
    """
    weights = as_kernel(kernel)
    total = float(weights.sum(dtype=np.float64))
    size = float(np.abs(weights).sum(dtype=np.float64))
    if abs(total) <= 1e-6 * size:
        total = size / 2
    return (weights / np.float32(total)).astype(np.float32) if total else weights


@checked
def resize_kernel(
    kernel: ArrayLike = "sobel_x",
    side: Annotated[int, Range(1, MAXIMUM_SIDE, 1)] = 5,
) -> Weights:
    """Put a kernel into the middle of a square of another size.

    Args:
        kernel: A name of ``KERNELS``, or a table of numbers.
        side: Rows and columns of the answer. A larger square is filled with zeros and answers a
            photo as before; a smaller one keeps the middle.

    Returns:
        float32 (side, side).

    >>> resize_kernel([[1, 2, 3]], 3).tolist()
    [[0.0, 0.0, 0.0], [1.0, 2.0, 3.0], [0.0, 0.0, 0.0]]
    """
    weights = as_kernel(kernel)
    rows, columns = (np.arange(side) - side // 2 + old // 2 for old in weights.shape)
    inside_rows, inside_columns = (
        (place >= 0) & (place < old)
        for place, old in zip((rows, columns), weights.shape, strict=True)
    )
    square = np.zeros((side, side), np.float32)
    square[np.ix_(inside_rows, inside_columns)] = weights[
        np.ix_(rows[inside_rows], columns[inside_columns])
    ]
    return square
