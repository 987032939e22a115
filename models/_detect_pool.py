"""RoI pooling: features under a box of any size, as a table of one size.

The box is rounded to whole cells of the feature map and cut into ``size`` x ``size`` bins; of each
bin and channel only the largest value is kept (R. Girshick, *Fast R-CNN*, 2015, section 2.1,
https://arxiv.org/abs/1504.08083). So one pass over the photo serves all boxes.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models._detect_boxes import Boxes, Labels, as_boxes
from models._errors import InputError
from models._ranges import Range, checked

__all__ = ["EXAMPLE_FEATURES", "PooledRegion", "pool_region"]

MOST = 2_000_000  # numbers in all
EXAMPLE_FEATURES = tuple(  # 8 x 8 numbers without a pattern that the eye could follow
    tuple(float((row * 7 + column * 5) % 11) for column in range(8)) for row in range(8)
)
EXAMPLE_BOX = (1.0, 1.0, 6.0, 5.0)


@dataclass(frozen=True, eq=False)
class PooledRegion:
    """What RoI pooling takes out of a feature map, with the bins it came from."""

    values: NDArray[np.float64]  # (channels, size, size) the largest of each bin; 0 if it is empty
    cells: tuple[int, int, int, int]  # first column, first row, last column, last row, rounded
    rows: Labels  # (size, 2) first row of each bin, and the one after its last
    columns: Labels  # (size, 2) the same for columns
    winners: Labels  # (channels, size, size, 2) row, column of each largest value; -1 if empty
    box: Boxes  # (4,) as given


@checked
def pool_region(
    features: ArrayLike = EXAMPLE_FEATURES,
    box: ArrayLike = EXAMPLE_BOX,
    size: Annotated[int, Range(1, 14)] = 2,
    scale: Annotated[float, Range(0.001, 1)] = 1.0,
) -> PooledRegion:
    """Pool the features under a box to a table of ``size`` x ``size``.

    Args:
        features: (height, width) or (channels, height, width) numbers.
        box: x1, y1, x2, y2 in pixels of the photo.
        size: Bins a side.
        scale: Cells of the feature map to a pixel of the photo: 1/16 at stride 16.

    Returns:
        The largest value of each bin and channel, with the bins.

    Raises:
        InputError: ``features_shape``, ``boxes_shape``, ``boxes_numbers``, ``box_flat`` or
            ``box_outside``.
    """
    table = _features(features)
    one = as_boxes(box)
    if len(one) != 1:
        raise InputError("boxes_shape", shape=f"{len(one)} × 4")
    height, width = table.shape[1:]
    left, top, right, bottom = (int(np.floor(each * scale + 0.5)) for each in one[0])
    if right < 0 or bottom < 0 or left >= width or top >= height:
        raise InputError("box_outside", width=round(width / scale), height=round(height / scale))
    rows, columns = _bins(top, bottom, size, height), _bins(left, right, size, width)
    values = np.zeros((len(table), size, size))
    winners = np.full((len(table), size, size, 2), -1)
    for row, column in np.ndindex(size, size):
        part = table[:, slice(*rows[row]), slice(*columns[column])]
        if part.size:
            flat = part.reshape(len(table), -1)
            places = np.unravel_index(flat.argmax(axis=1), part.shape[1:])
            values[:, row, column] = flat.max(axis=1)
            winners[:, row, column] = np.stack(places, 1) + np.array(
                (rows[row][0], columns[column][0])
            )
    return PooledRegion(
        values, (left, top, right, bottom), rows, columns, winners.astype(np.int64), one[0]
    )


def _bins(first: int, last: int, size: int, limit: int) -> Labels:
    """Where the bins of one axis begin and end; neighbours may share a row or column."""
    step = max(last - first + 1, 1) / size
    steps = np.arange(size + 1) * step
    ends = np.stack([np.floor(steps[:-1]), np.ceil(steps[1:])], axis=1) + first
    bins: Labels = np.clip(ends, 0, limit).astype(np.int64)
    return bins


def _features(features: ArrayLike) -> NDArray[np.float64]:
    try:
        table = np.asarray(features, np.float64)
    except (ValueError, TypeError, OverflowError) as error:
        raise InputError("features_shape", shape="?", limit=MOST) from error
    table = table[None] if table.ndim == 2 else table
    is_good = table.ndim == 3 and 0 < table.size <= MOST and bool(np.isfinite(table).all())
    if not is_good:
        shape = " × ".join(map(str, table.shape))
        raise InputError("features_shape", shape=shape, limit=MOST)
    return table
