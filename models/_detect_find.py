"""From a photo to boxes: the network runs once, the thresholds move afterwards."""

import time
from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike

from models._detect_boxes import as_boxes, as_labels, as_scores
from models._detect_names import CLASSES, ModelName, find_detector, network_of
from models._detect_networks import RUNNERS, prepare
from models._detect_results import Detections, Raw
from models._detect_suppress import EXAMPLE_BOXES, EXAMPLE_SCORES, Method, Sigma, suppress
from models._errors import InputError
from models._images import Pixels
from models._ranges import Range, checked

__all__ = ["Overlap", "Score", "detect", "raw", "select"]

Score = Annotated[float, Range(0, 1, 0.01)]
Overlap = Annotated[float, Range(0, 1, 0.01)]


@checked
def detect(
    photo: Pixels,
    model: ModelName = "tiny_yolo",
    score: Score = 0.25,
    iou: Overlap = 0.5,
    method: Method = "hard",
    together: bool = False,
) -> Detections:
    """Find the things in a photo.

    The same as ``raw`` and then ``select``: a page calls these, to move thresholds at once.

    Args:
        photo: uint8 (height, width) or (height, width, 3).
        model: The detector.
        score: Boxes below it are left out. Higher leaves fewer.
        iou: Of two boxes that overlap by more than this the lesser is suppressed. Higher leaves
            more. DETR and YOLOS were trained to need none; the same is applied to them.
        method: How: see ``suppress``.
        together: Suppress across classes; else only boxes of one class are rivals.

    Returns:
        Boxes, classes and scores, the surest first.

    Raises:
        InputError: ``photo_shape``, ``photo_too_small`` or ``photo_too_narrow``.
        WeightsError: The detector cannot be had.
    """
    found = raw(photo, model)
    kept = select(found.boxes, found.scores, found.labels, score, iou, method, together)
    return Detections(
        kept.boxes, kept.labels, kept.scores, kept.candidates, milliseconds=found.milliseconds
    )


@checked
def raw(photo: Pixels, model: ModelName = "tiny_yolo") -> Raw:
    """Run a detector on a photo and give everything that leaves it, before any suppression.

    Args:
        photo: uint8 (height, width) or (height, width, 3).
        model: The detector.

    Returns:
        All boxes above the detector's floor, the surest first; of ``tiny_yolo`` also every cell
        and anchor, of Faster R-CNN also the proposals of its first stage.

    Raises:
        InputError: ``photo_shape``, ``photo_too_small`` or ``photo_too_narrow``.
        WeightsError: The detector cannot be had.
    """
    pixels = prepare(photo)
    network = network_of(model)
    start = time.perf_counter()
    found = RUNNERS[find_detector(model).family](pixels, network)
    return found(time.perf_counter() - start)


@checked
def select(
    boxes: ArrayLike = EXAMPLE_BOXES,
    scores: ArrayLike = EXAMPLE_SCORES,
    labels: ArrayLike | None = None,
    score: Score = 0.25,
    iou: Overlap = 0.5,
    method: Method = "hard",
    together: bool = False,
    classes: tuple[int, ...] | None = None,
    sigma: Sigma = 0.5,
) -> Detections:
    """Choose among the boxes that left a network, without running it again.

    >>> select(score=0.6, iou=0.4).scores.tolist()
    [0.92, 0.78]

    Args:
        boxes: (N, 4) x1, y1, x2, y2 in pixels, as ``raw`` gives them.
        scores: (N,) 0..1.
        labels: (N,) places in ``CLASSES``; None: all of the first class.
        score: Boxes below it are left out. Higher leaves fewer.
        iou: Of two boxes that overlap by more than this the lesser is suppressed. Higher leaves
            more.
        method: How: see ``suppress``.
        together: Suppress across classes; else only boxes of one class are rivals.
        classes: Only these places in ``CLASSES``; None: all.
        sigma: Of the method ``soft``.

    Returns:
        What is kept, the surest first; ``candidates`` are the rows of the boxes given.

    Raises:
        InputError: As ``suppress``; ``labels_range``.
    """
    table = as_boxes(boxes)
    given = as_scores(scores, len(table))
    kinds = as_labels(labels, len(table))
    if not {*kinds.tolist(), *(classes or ())} <= set(range(len(CLASSES))):
        raise InputError("labels_range")
    wanted = given >= score
    if classes is not None:
        wanted &= np.isin(kinds, np.asarray(classes, np.int64))
    rows = np.flatnonzero(wanted)
    rivals = None if together else kinds[rows]
    done = suppress(table[rows], given[rows], iou, rivals, method, sigma, max(score, 0.001))
    kept = done.kept
    final = done.scores[kept]
    return Detections(table[rows[kept]], kinds[rows[kept]], final, rows[kept])
