"""One cell of the grid, decoded from raw numbers to a box, step by step.

The formulas are those of ``models/networks/tiny_yolo.py``: with s the stride, (aw, ah) the anchor,
and σ(t) = 1 / (1 + exp(-t)), the cell in row r and column c says

    x = (2 σ(tx) - 1/2 + c) s        y = (2 σ(ty) - 1/2 + r) s
    w = aw exp(tw)                   h = ah exp(th)

in pixels of the network's input; times ``scale`` they are pixels of the photo.
"""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models._detect_boxes import Boxes, as_boxes
from models._errors import InputError
from models._ranges import Range, checked
from models.networks import tiny_yolo

__all__ = ["Decoded", "Responsible", "decode", "decode_all", "responsible"]

Place = Annotated[int, Range(0, 63)]
Side = Annotated[float, Range(1, 2000)]
Stride = Annotated[int, Range(1, 64)]
Scale = Annotated[float, Range(0.01, 100)]
EXAMPLE_BOX = (120.0, 60.0, 280.0, 240.0)
LIMIT = 8.0  # of tw, th: exp(8) anchors is beyond any photo, and no number overflows


@dataclass(frozen=True, eq=False)
class Decoded:
    """A box on its way from five raw numbers to the photo."""

    numbers: NDArray[np.float64]  # (5,) tx ty tw th to
    shift: tuple[float, float]  # 2 σ(t) - 1/2: the centre from the cell's corner, in cells, x and y
    centre: tuple[float, float]  # pixels of the network's input
    factors: tuple[float, float]  # exp(tw), exp(th): the box in anchors
    size: tuple[float, float]  # width, height, pixels of the network's input
    box: Boxes  # (4,) x1 y1 x2 y2 in pixels of the network's input
    box_in_photo: Boxes  # (4,) the same times scale: pixels of the photo, not yet cut at its edges
    objectness: float  # σ(to)


@dataclass(frozen=True, eq=False)
class Responsible:
    """The cell that has to answer for a thing, and the anchor that is most like it."""

    row: int
    column: int
    centre: tuple[float, float]  # of the thing, in cells from the corner of the grid, x and y
    overlaps: NDArray[np.float64]  # (anchors,) IoU of the thing with each anchor on one centre
    anchor: int  # the one with the largest


@checked
def decode(
    numbers: ArrayLike = (0.0, 0.0, 0.0, 0.0, 0.0),
    row: Place = 5,
    column: Place = 5,
    anchor_width: Side = 64.0,
    anchor_height: Side = 110.0,
    stride: Stride = tiny_yolo.STRIDE,
    scale: Scale = 1.0,
) -> Decoded:
    """Decode what one cell and anchor of ``tiny_yolo`` say, step by step.

    With all numbers 0 the box is the anchor itself, in the middle of its cell:

    >>> decode().box.tolist()
    [56.0, 33.0, 120.0, 143.0]

    Args:
        numbers: tx, ty, tw, th, to; class logits after them are left alone.
        row: Of the cell, from 0 at the top.
        column: Of the cell, from 0 at the left.
        anchor_width: In pixels of the network's input.
        anchor_height: In pixels of the network's input.
        stride: Pixels of the input from cell to cell.
        scale: Pixels of the photo to one of the input.

    Returns:
        Every intermediate number, the box, and the objectness.

    Raises:
        InputError: ``numbers_five`` when they are not at least five finite numbers.
    """
    five = _five(numbers)
    shift = 2 * _sigmoid(five[:2]) - 0.5
    centre = (shift + np.array((column, row))) * stride
    factors = np.exp(np.clip(five[2:4], -LIMIT, LIMIT))
    size = factors * (anchor_width, anchor_height)
    box = np.concatenate([centre - size / 2, centre + size / 2])
    return Decoded(
        numbers=five,
        shift=_two(shift),
        centre=_two(centre),
        factors=_two(factors),
        size=_two(size),
        box=box,
        box_in_photo=box * scale,
        objectness=float(_sigmoid(five[4:5])[0]),
    )


@checked
def responsible(
    box: ArrayLike = EXAMPLE_BOX,
    height: Annotated[int, Range(1, 4096, unit="px")] = 300,
    width: Annotated[int, Range(1, 4096, unit="px")] = 400,
) -> Responsible:
    """Say which cell and anchor of ``tiny_yolo`` answer for a thing.

    Args:
        box: x1, y1, x2, y2 of the thing in pixels of the photo.
        height: Of the photo, in pixels.
        width: Of the photo, in pixels.

    Returns:
        The cell that the centre of the box lies in, and how like the thing each anchor is.

    Raises:
        InputError: ``boxes_shape``, ``boxes_numbers``, ``box_flat`` or ``box_outside``.
    """
    one = as_boxes(box)
    if len(one) != 1:
        raise InputError("boxes_shape", shape=f"{len(one)} × 4")
    centre = (one[0, :2] + one[0, 2:]) / 2
    if not (0 <= centre[0] < width and 0 <= centre[1] < height):
        raise InputError("box_outside", width=width, height=height)
    scale = max(height, width) / tiny_yolo.INPUT
    size = (one[0, 2:] - one[0, :2]) / scale
    anchors = np.array(tiny_yolo.ANCHORS)
    shared = np.minimum(anchors, size).prod(axis=1)
    overlaps = shared / (anchors.prod(axis=1) + size.prod() - shared)
    cells = centre / scale / tiny_yolo.STRIDE
    column, row = np.floor(cells).astype(int).tolist()
    return Responsible(row, column, _two(cells), overlaps, int(overlaps.argmax()))


def decode_all(numbers: NDArray[np.float32], scale: float) -> NDArray[np.float64]:
    """Boxes (rows, columns, anchors, 4) in pixels of the photo of all cells at once."""
    rows, columns = numbers.shape[:2]
    values = numbers.astype(np.float64)
    corner = np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), -1)[:, :, None]
    centre = (2 * _sigmoid(values[..., :2]) - 0.5 + corner) * tiny_yolo.STRIDE
    size = np.exp(np.clip(values[..., 2:4], -LIMIT, LIMIT)) * np.array(tiny_yolo.ANCHORS)
    return np.concatenate([centre - size / 2, centre + size / 2], -1) * scale


def _five(numbers: ArrayLike) -> NDArray[np.float64]:
    try:
        values = np.asarray(numbers, np.float64).reshape(-1)
    except (ValueError, TypeError, OverflowError) as error:
        raise InputError("numbers_five") from error
    if len(values) < 5 or not np.isfinite(values).all():
        raise InputError("numbers_five")
    return values[:5]


def _sigmoid(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1 / (1 + np.exp(-np.clip(values, -500, 500)))


def _two(values: NDArray[np.float64]) -> tuple[float, float]:
    return float(values[0]), float(values[1])
