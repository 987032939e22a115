"""Boxes as four numbers, and how much two of them are the same.

A box is (x1, y1, x2, y2) in pixels: its left, top, right and bottom edges, x to the right and y
downwards, as lengths and not as numbers of pixels, so that its width is x2 - x1.

    IoU(A, B)  = |A and B| / |A or B|                                  0 apart .. 1 the same
    GIoU(A, B) = IoU - (|C| - |A or B|) / |C|                          -1 .. 1
    DIoU(A, B) = IoU - d^2 / c^2                                       -1 .. 1

C is the smallest box around both, c its diagonal and d the distance of the two centres. Boxes that
do not meet have IoU 0 however far apart they are; the other two still say how far.

Sources: H. Rezatofighi et al., *Generalized intersection over union*, CVPR 2019,
https://arxiv.org/abs/1902.09630; Z. Zheng et al., *Distance-IoU loss*, AAAI 2020,
https://arxiv.org/abs/1911.08287.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models._errors import InputError
from models._ranges import checked

__all__ = [
    "MOST_BOXES",
    "Boxes",
    "Labels",
    "Meeting",
    "Scores",
    "as_boxes",
    "as_labels",
    "as_scores",
    "distance_overlap",
    "generalised_overlap",
    "meet",
    "overlap",
    "overlaps_of",
]

Boxes = NDArray[np.float64]  # (N, 4) x1 y1 x2 y2 in pixels
Scores = NDArray[np.float64]  # (N,) 0..1
Labels = NDArray[np.int64]  # (N,) places in ``CLASSES``
MOST_BOXES = 20_000  # in one call
MOST_PAIRS = 4_000_000  # of two lists compared box by box
FARTHEST = 1e6  # pixels from the corner of the photo
FIRST = ((0.0, 0.0, 4.0, 4.0),)
SECOND = ((2.0, 1.0, 6.0, 5.0), (8.0, 0.0, 10.0, 4.0))


@dataclass(frozen=True, eq=False)
class Meeting:
    """Two boxes, and everything their overlap is made of."""

    first: Boxes  # (4,) x1 y1 x2 y2 in pixels
    second: Boxes  # (4,)
    areas: tuple[float, float]  # square pixels
    shared: Boxes | None  # (4,) the box both cover; None where they do not meet
    intersection: float  # square pixels
    union: float  # square pixels
    enclosing: Boxes  # (4,) the smallest box around both: C
    enclosing_area: float  # square pixels
    distance: float  # of the two centres, pixels: d
    diagonal: float  # of the enclosing box, pixels: c
    iou: float  # 0..1
    giou: float  # -1..1
    diou: float  # -1..1


@checked
def overlap(a: ArrayLike = FIRST, b: ArrayLike = SECOND) -> NDArray[np.float64]:
    """Say how much boxes are the same: intersection over union, of each of a with each of b.

    >>> overlap([[0, 0, 4, 4]], [[2, 1, 6, 5], [8, 0, 10, 4]]).round(4).tolist()
    [[0.2308, 0.0]]

    Args:
        a: (N, 4) boxes, or one box of four numbers: x1, y1, x2, y2 in pixels.
        b: (M, 4) boxes, or one.

    Returns:
        (N, M) IoU, 0..1.

    Raises:
        InputError: ``boxes_shape``, ``boxes_numbers``, ``box_flat`` or ``boxes_too_many``.
    """
    first, second = _pair(a, b)
    return overlaps_of(first, second)


@checked
def generalised_overlap(a: ArrayLike = FIRST, b: ArrayLike = SECOND) -> NDArray[np.float64]:
    """Say how much boxes are the same, and if they do not meet, how far apart: GIoU.

    Args:
        a: (N, 4) boxes, or one box of four numbers: x1, y1, x2, y2 in pixels.
        b: (M, 4) boxes, or one.

    Returns:
        (N, M) GIoU, -1..1; equal to IoU where the two fill the box around both.

    Raises:
        InputError: As ``overlap``.
    """
    first, second = _pair(a, b)
    shared = _intersections(first, second)
    union = _areas(first)[:, None] + _areas(second)[None] - shared
    around = np.prod(_around(first, second), axis=-1)
    result: NDArray[np.float64] = shared / union - (around - union) / around
    return result


@checked
def distance_overlap(a: ArrayLike = FIRST, b: ArrayLike = SECOND) -> NDArray[np.float64]:
    """Say how much boxes are the same, less how far their centres are apart: DIoU.

    Args:
        a: (N, 4) boxes, or one box of four numbers: x1, y1, x2, y2 in pixels.
        b: (M, 4) boxes, or one.

    Returns:
        (N, M) DIoU, -1..1; equal to IoU where the centres fall together.

    Raises:
        InputError: As ``overlap``.
    """
    first, second = _pair(a, b)
    return overlaps_of(first, second) - distances_of(first, second)


@checked
def meet(a: ArrayLike = FIRST[0], b: ArrayLike = SECOND[0]) -> Meeting:
    """Lay two boxes over each other and give every number of IoU, GIoU and DIoU.

    >>> two = meet([0, 0, 4, 4], [2, 1, 6, 5])
    >>> two.intersection, two.union, round(two.iou, 3), round(two.giou, 3)
    (6.0, 26.0, 0.231, 0.097)

    Args:
        a: x1, y1, x2, y2 of the first box, in pixels.
        b: x1, y1, x2, y2 of the second.

    Returns:
        Areas, intersection, union, the box around both, and the three overlaps.

    Raises:
        InputError: ``boxes_shape``, ``boxes_numbers`` or ``box_flat``.
    """
    first, second = _pair(a, b)
    if len(first) != 1 or len(second) != 1:
        raise InputError("boxes_shape", shape=str((len(first), 4)))
    shared = float(_intersections(first, second)[0, 0])
    areas = float(_areas(first)[0]), float(_areas(second)[0])
    enclosing = np.concatenate(
        [np.minimum(first[0, :2], second[0, :2]), np.maximum(first[0, 2:], second[0, 2:])]
    )
    inner = np.concatenate(
        [np.maximum(first[0, :2], second[0, :2]), np.minimum(first[0, 2:], second[0, 2:])]
    )
    width, height = enclosing[2:] - enclosing[:2]
    centres = (first[0, :2] + first[0, 2:] - second[0, :2] - second[0, 2:]) / 2
    return Meeting(
        first=first[0],
        second=second[0],
        areas=areas,
        shared=inner if shared > 0 else None,
        intersection=shared,
        union=sum(areas) - shared,
        enclosing=enclosing,
        enclosing_area=float(width * height),
        distance=float(np.hypot(*centres)),
        diagonal=float(np.hypot(width, height)),
        iou=float(overlaps_of(first, second)[0, 0]),
        giou=float(generalised_overlap(first, second)[0, 0]),
        diou=float(distance_overlap(first, second)[0, 0]),
    )


def overlaps_of(first: Boxes, second: Boxes) -> NDArray[np.float64]:
    """IoU (N, M) of checked boxes; 0 where a box has no area."""
    shared = _intersections(first, second)
    areas, others = _areas(first), _areas(second)
    union: NDArray[np.float64] = areas[:, None] + others[None]
    union -= shared
    if areas.min(initial=1) > 0 and others.min(initial=1) > 0:
        shared /= union  # much faster than the guarded division
        return shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)


def distances_of(first: Boxes, second: Boxes) -> NDArray[np.float64]:
    """(N, M) squared distance of the centres over the squared diagonal of the box around both."""
    one, other = ((each[:, :2] + each[:, 2:]) / 2 for each in (first, second))
    apart: NDArray[np.float64] = one[:, None] - other[None]
    across: NDArray[np.float64] = np.square(_around(first, second)).sum(axis=-1)
    distance: NDArray[np.float64] = np.square(apart).sum(axis=-1)
    return np.divide(distance, across, out=np.zeros_like(across), where=across > 0)


def as_boxes(boxes: ArrayLike, flat: bool = False) -> Boxes:
    """Check that something is a list of boxes.

    Args:
        boxes: (N, 4), one box (4,), or nothing at all.
        flat: Let boxes of no area pass.

    Raises:
        InputError: ``boxes_shape``, ``boxes_numbers``, ``box_flat`` or ``boxes_too_many``.
    """
    table = _numbers(boxes)
    if table.size == 0:
        return np.zeros((0, 4))
    if table.ndim == 1:
        table = table[None]
    if table.ndim != 2 or table.shape[1] != 4:
        raise InputError("boxes_shape", shape=" × ".join(map(str, table.shape)))
    if len(table) > MOST_BOXES:
        raise InputError("boxes_too_many", count=len(table), limit=MOST_BOXES)
    if not (np.abs(table) <= FARTHEST).all():
        raise InputError("boxes_numbers", limit=round(FARTHEST))
    sides = table[:, 2:] - table[:, :2]
    wrong = (sides < 0).any(axis=1) if flat else (sides <= 0).any(axis=1)
    if wrong.any():
        raise InputError("box_flat", number=int(wrong.argmax()) + 1)
    return table


def as_scores(scores: ArrayLike, count: int) -> Scores:
    """Check one score a box, each 0..1."""
    values = _numbers(scores).reshape(-1)
    if len(values) != count:
        raise InputError("counts_differ", boxes=count, others=len(values))
    if not ((values >= 0) & (values <= 1)).all():
        raise InputError("scores_range")
    return values


def as_labels(labels: ArrayLike | None, count: int) -> Labels:
    """Check one whole number a box; ``None``: all of one kind."""
    if labels is None:
        return np.zeros(count, np.int64)
    values = _numbers(labels).reshape(-1)
    if len(values) != count:
        raise InputError("counts_differ", boxes=count, others=len(values))
    if not ((values == np.round(values)) & (values >= 0) & (values < 1e6)).all():
        raise InputError("labels_range")
    return values.astype(np.int64)


def _numbers(values: ArrayLike) -> NDArray[np.float64]:
    try:
        return np.asarray(values, np.float64)
    except (ValueError, TypeError, OverflowError) as error:
        raise InputError("boxes_numbers", limit=round(FARTHEST)) from error


def _pair(a: ArrayLike, b: ArrayLike) -> tuple[Boxes, Boxes]:
    first, second = as_boxes(a), as_boxes(b)
    if len(first) * len(second) > MOST_PAIRS:
        limit = round(MOST_PAIRS**0.5)
        raise InputError("boxes_too_many", count=max(len(first), len(second)), limit=limit)
    return first, second


def _areas(boxes: Boxes) -> NDArray[np.float64]:
    areas: NDArray[np.float64] = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    return areas


def _intersections(first: Boxes, second: Boxes) -> NDArray[np.float64]:
    """Area (N, M) that two boxes share; axis by axis, which takes a quarter of the memory."""
    wide = np.minimum(first[:, None, 2], second[None, :, 2])
    wide -= np.maximum(first[:, None, 0], second[None, :, 0])
    high = np.minimum(first[:, None, 3], second[None, :, 3])
    high -= np.maximum(first[:, None, 1], second[None, :, 1])
    area: NDArray[np.float64] = np.maximum(wide, 0, out=wide)
    area *= np.maximum(high, 0, out=high)
    return area


def _around(first: Boxes, second: Boxes) -> NDArray[np.float64]:
    """(N, M, 2) width and height of the smallest box around two."""
    sides: NDArray[np.float64] = np.maximum(first[:, None, 2:], second[None, :, 2:])
    sides -= np.minimum(first[:, None, :2], second[None, :, :2])
    return sides
