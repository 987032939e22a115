"""What a detector answers: the candidates of its network, and what is kept of them."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models._detect_boxes import Boxes, Labels, Scores

__all__ = ["Detections", "Grid", "Proposals", "Raw", "Truth"]


@dataclass(frozen=True, eq=False)
class Detections:
    """What was found in a photo, the surest first."""

    boxes: Boxes  # (N, 4) x1 y1 x2 y2 in pixels of the photo
    labels: Labels  # (N,) places in ``CLASSES``
    scores: Scores  # (N,) 0..1, falling
    candidates: Labels = field(default_factory=lambda: np.zeros(0, np.int64))  # (N,) rows of Raw
    milliseconds: float = 0.0  # the network took, with what comes before and after; 0: not run


@dataclass(frozen=True, eq=False)
class Truth:
    """What stands in a photo, drawn by a person."""

    boxes: Boxes  # (M, 4) x1 y1 x2 y2 in pixels of the photo
    labels: Labels  # (M,) places in ``CLASSES``
    crowd: Labels | None = None  # (M,) 1 where a box is around many that were not counted


@dataclass(frozen=True, eq=False)
class Grid:
    """Every cell and anchor of a one-stage detector, opened.

    ``[r, c, a]`` is row r, column c, anchor a. The cell in row r and column c covers the photo from
    (c * cell, r * cell) to ((c + 1) * cell, (r + 1) * cell); cells beyond the photo lie on what it
    was filled up with.
    """

    numbers: NDArray[np.float32]  # (rows, columns, anchors, 5 + classes) tx ty tw th to, logits
    anchors: NDArray[np.float64]  # (anchors, 2) width and height in pixels of the network's input
    stride: int  # pixels of the network's input from cell to cell
    scale: float  # pixels of the photo to one of the network's input
    cell: float  # pixels of the photo a side of a cell: stride * scale
    boxes: NDArray[np.float64]  # (rows, columns, anchors, 4) decoded, in pixels of the photo
    objectness: NDArray[np.float64]  # (rows, columns, anchors) 0..1
    shares: NDArray[np.float64]  # (rows, columns, anchors, classes) softmax of the logits
    classes: Labels  # (classes,) places in ``CLASSES``, in the network's order


@dataclass(frozen=True, eq=False)
class Proposals:
    """What the first stage of Faster R-CNN hands to the second: places where something may be."""

    boxes: Boxes  # (P, 4) in pixels of the photo, the likeliest first
    scores: Scores  # (P,) that something is there, of whatever class
    anchors: int  # boxes it started from, over all places and sizes
    considered: int  # of these, the likeliest that were looked at before suppression
    iou: float  # threshold of that suppression


@dataclass(frozen=True, eq=False)
class Raw:
    """Everything that left the network, before any threshold moves."""

    boxes: Boxes  # (N, 4) x1 y1 x2 y2 in pixels of the photo, cut at its edges
    labels: Labels  # (N,) places in ``CLASSES``
    scores: Scores  # (N,) falling; at least ``floor``
    cells: Labels  # (N, 3) row, column, anchor of ``grid``; -1 where the detector has none
    height: int  # of the photo, pixels
    width: int
    floor: float  # scores below it were dropped
    grid: Grid | None  # of ``tiny_yolo``
    proposals: Proposals | None  # of Faster R-CNN
    milliseconds: float  # the network took, with what comes before and after
