"""Two lists of boxes, pair by pair: what both have, and what only one has."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models._detect_boxes import Labels, as_boxes, as_labels, overlaps_of
from models._detect_suppress import EXAMPLE_BOXES
from models._ranges import Range, checked

__all__ = ["Comparison", "compare"]


@dataclass(frozen=True, eq=False)
class Comparison:
    """Which boxes two detectors agree on."""

    matched: Labels  # (K, 2) a box of the first and one of the second, the most alike first
    overlaps: NDArray[np.float64]  # (K,) their IoU
    agree: NDArray[np.bool_]  # (K,) whether they also name the same class
    only_first: Labels  # boxes of the first that the second does not have
    only_second: Labels  # boxes of the second that the first does not have


@checked
def compare(
    first: ArrayLike = EXAMPLE_BOXES[:2],
    second: ArrayLike = EXAMPLE_BOXES[1:4],
    first_labels: ArrayLike | None = None,
    second_labels: ArrayLike | None = None,
    iou: Annotated[float, Range(0, 1, 0.01)] = 0.5,
) -> Comparison:
    """Match the boxes of two detectors on one photo, the most alike first.

    Args:
        first: (N, 4) x1, y1, x2, y2 in pixels.
        second: (M, 4), of the same photo.
        first_labels: (N,) places in ``CLASSES``; None: classes do not matter.
        second_labels: (M,).
        iou: Boxes that overlap by less are different boxes.

    Returns:
        Pairs, each box in at most one, and the boxes that are left over.

    Raises:
        InputError: As ``overlap``; ``counts_differ`` or ``labels_range``.
    """
    one, other = as_boxes(first), as_boxes(second)
    names = as_labels(first_labels, len(one)), as_labels(second_labels, len(other))
    table = overlaps_of(one, other)
    pairs: list[tuple[int, int]] = []
    free = table.copy()
    while free.size and free.max() >= max(iou, 1e-9):
        row, column = (int(each) for each in np.unravel_index(free.argmax(), free.shape))
        pairs.append((row, column))
        free[row] = free[:, column] = -1
    matched = np.array(pairs, np.int64).reshape(-1, 2)
    return Comparison(
        matched=matched,
        overlaps=table[matched[:, 0], matched[:, 1]],
        agree=names[0][matched[:, 0]] == names[1][matched[:, 1]],
        only_first=np.setdiff1d(np.arange(len(one)), matched[:, 0]),
        only_second=np.setdiff1d(np.arange(len(other)), matched[:, 1]),
    )
