"""Anchors by clustering: which few shapes of boxes stand for all of them.

k-means on the shapes (width, height) of boxes, with 1 - IoU for a distance, both boxes on one
centre: with the usual distance a large box would be further from its cluster than a small one for
no other reason than its size (J. Redmon and A. Farhadi, *YOLO9000*, 2017, section 2,
https://arxiv.org/abs/1612.08242).
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models._detect_boxes import Labels, as_boxes
from models._errors import InputError
from models._ranges import Range, checked

__all__ = ["Anchors", "anchors", "shape_overlaps"]

ROUNDS = 100
TRIES = 5  # from other first shapes; the best counts
EXAMPLE_BOXES = (  # tall, wide and small things
    *((10.0, 10.0, 50.0, 130.0), (20.0, 5.0, 66.0, 121.0), (0.0, 0.0, 120.0, 40.0)),
    *((5.0, 30.0, 145.0, 76.0), (3.0, 4.0, 19.0, 20.0), (30.0, 30.0, 50.0, 48.0)),
)


@dataclass(frozen=True, eq=False)
class Anchors:
    """A few shapes that stand for many boxes."""

    shapes: NDArray[np.float64]  # (count, 2) width and height in pixels, small to large
    members: Labels  # (N,) the shape that each box belongs to
    overlaps: NDArray[np.float64]  # (N,) IoU of each box with it, on one centre
    mean_overlap: float  # of all boxes: the more shapes, the nearer to 1
    rounds: int  # of k-means until nothing changed
    history: tuple[float, ...]  # mean overlap after each round


@checked
def anchors(
    boxes: ArrayLike = EXAMPLE_BOXES,
    count: Annotated[int, Range(1, 20)] = 3,
    seed: Annotated[int, Range(0, 9999)] = 0,
) -> Anchors:
    """Cluster boxes by shape into anchors.

    Args:
        boxes: (N, 4) x1, y1, x2, y2 in pixels, at least ``count`` of them; where they lie does
            not matter.
        count: How many anchors.
        seed: Of the choice of the first shapes (k-means++).

    Returns:
        The anchors, and how well they stand for the boxes.

    Raises:
        InputError: ``boxes_shape``, ``boxes_numbers``, ``box_flat``, ``boxes_too_many``, or
            ``boxes_too_few`` when there are more anchors than boxes.
    """
    table = as_boxes(boxes)
    if len(table) < count:
        raise InputError("boxes_too_few", count=len(table), least=count)
    shapes = table[:, 2:] - table[:, :2]
    random = np.random.default_rng(seed)
    return max(
        (_cluster(shapes, _spread(shapes, count, random)) for _ in range(TRIES)),
        key=lambda found: found.mean_overlap,
    )


def _cluster(shapes: NDArray[np.float64], centres: NDArray[np.float64]) -> Anchors:
    """Move shapes to the middle of the boxes nearest to them until nothing changes."""
    count = len(centres)
    members = np.full(len(shapes), -1)
    history: list[float] = []
    for _ in range(ROUNDS):
        overlaps = shape_overlaps(shapes, centres)
        nearest = overlaps.argmax(axis=1)
        history.append(float(overlaps.max(axis=1).mean()))
        if (nearest == members).all():
            break
        members = nearest
        centres = np.stack([_middle(shapes, members, centres, each) for each in range(count)])
    order = np.argsort(centres.prod(axis=1), kind="stable")
    overlaps = shape_overlaps(shapes, centres[order])
    return Anchors(
        shapes=centres[order],
        members=overlaps.argmax(axis=1),
        overlaps=overlaps.max(axis=1),
        mean_overlap=float(overlaps.max(axis=1).mean()),
        rounds=len(history),
        history=tuple(history),
    )


def shape_overlaps(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """IoU (N, M) of shapes (N, 2) and (M, 2), width and height, laid on one centre."""
    shared: NDArray[np.float64] = np.minimum(first[:, None], second[None]).prod(axis=2)
    union: NDArray[np.float64] = first.prod(axis=1)[:, None] + second.prod(axis=1)[None] - shared
    return shared / union


def _spread(
    shapes: NDArray[np.float64], count: int, random: np.random.Generator
) -> NDArray[np.float64]:
    """Choose first shapes far from each other: k-means++ with the distance 1 - IoU."""
    chosen = [int(random.integers(len(shapes)))]
    while len(chosen) < count:
        far = 1 - shape_overlaps(shapes, shapes[chosen]).max(axis=1)
        far[chosen] = 0
        total = far.sum()
        weights = far / total if total > 0 else None  # all alike: any will do
        chosen.append(int(random.choice(len(shapes), p=weights)))
    return shapes[chosen]


def _middle(
    shapes: NDArray[np.float64], members: Labels, centres: NDArray[np.float64], number: int
) -> NDArray[np.float64]:
    mine = shapes[members == number]
    middle: NDArray[np.float64] = np.median(mine, axis=0) if len(mine) else centres[number]
    return middle
