"""Is what was found there? Precision, recall and average precision, point by point.

The detections of a class, of all photos together, are sorted by score. Each in turn takes the true
box of its photo and class that it overlaps most, if that is still free and the overlap is at least
the threshold: a **true positive**. What takes none is a **false positive**; a true box that nobody
takes is a **miss**. After each detection

    precision = true positives / detections so far        recall = true positives / true boxes

is one point of a curve. Average precision is the area under it, after each precision has been
raised to the largest at that recall or beyond:

- ``coco``: mean of the precision at the recalls 0, 0.01, ..., 1 (COCO);
- ``every``: the area itself, at every recall there is (PASCAL VOC from 2010 on);
- ``voc``: mean at the recalls 0, 0.1, ..., 1 (PASCAL VOC 2007).

The mean over the classes that have true boxes is mAP. The matching is COCO's, with its rules for
crowds (a box around many takes any number of detections, and these count neither way) and at most
100 detections of a class in a photo. That a detection is right from an overlap of 0.5 on is a
convention: COCO's own first figure is the mean over 0.5, 0.55, ..., 0.95.

Sources: M. Everingham et al., *The PASCAL visual object classes challenge*, IJCV 2010; T.-Y. Lin et
al., *Microsoft COCO*, 2014, https://arxiv.org/abs/1405.0312.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from models._detect_boxes import Labels, Scores, as_boxes, as_labels, as_scores
from models._detect_matching import Matches, join, match_class
from models._detect_results import Detections, Truth
from models._errors import InputError
from models._ranges import Range, checked

__all__ = ["Curve", "Interpolation", "Precision", "average_precision"]

Interpolation = Literal["coco", "every", "voc"]
ALL_CLASSES = -1
STEPS = {"coco": 101, "voc": 11}


@dataclass(frozen=True, eq=False)
class Curve:
    """The detections of a class in order, and what became of each."""

    label: int  # place in ``CLASSES``; -1: all classes together
    average: float  # average precision, 0..1; NaN where nothing is true
    truths: int  # true boxes, crowds left out
    scores: Scores  # (K,) of the detections, falling
    correct: NDArray[np.bool_]  # (K,) true positive or false positive
    precision: NDArray[np.float64]  # (K,) after each detection
    recall: NDArray[np.float64]  # (K,) after each detection
    raised: NDArray[np.float64]  # (K,) precision raised to the largest at that recall or beyond
    levels: NDArray[np.float64]  # (L,) recalls at which it is read off: 101, 11, or those there are
    read: NDArray[np.float64]  # (L,) precision read off there; 0 beyond the last point
    photos: Labels  # (K,) which photo each detection is from
    detections: Labels  # (K,) and which of its boxes it is
    truth: Labels  # (K,) the true box it took; -1: none
    overlap: NDArray[
        np.float64
    ]  # (K,) IoU with it, or with the nearest of its class; 0: there is none


@dataclass(frozen=True, eq=False)
class Precision:
    """How right a detector is, over all classes and class by class."""

    mean: float  # mAP: mean of the classes' averages, 0..1; NaN where nothing is true
    classes: tuple[Curve, ...]  # of each class that is true or found somewhere, by label
    together: Curve  # all classes in one list; a box is still only right in its own class
    missed: tuple[Labels, ...]  # of each photo: true boxes that nobody took
    iou: float
    interpolation: Interpolation


EXAMPLE_FOUND = Detections(
    boxes=np.array([[12, 10, 52, 60], [60, 20, 96, 66], [8, 14, 50, 58], [70, 70, 90, 90.0]]),
    labels=np.array([0, 0, 0, 16]),
    scores=np.array([0.9, 0.8, 0.7, 0.6]),
)
EXAMPLE_TRUTH = Truth(
    boxes=np.array([[10, 10, 50, 60], [62, 22, 100, 70], [20, 70, 60, 95.0]]),
    labels=np.array([0, 0, 16]),
)


@checked
def average_precision(
    found: Detections | Sequence[Detections] = EXAMPLE_FOUND,
    truth: Truth | Sequence[Truth] = EXAMPLE_TRUTH,
    iou: Annotated[float, Range(0.05, 1, 0.05)] = 0.5,
    interpolation: Interpolation = "coco",
) -> Precision:
    """Hold what was found to what is there: matches, the curve point by point, and its area.

    Args:
        found: Of one photo, or of several.
        truth: Of the same photo, or the same photos in the same order.
        iou: A detection is right if it overlaps its true box by at least this. Higher is harder.
        interpolation: How the area under the curve is taken.

    Returns:
        mAP, the curve of each class and of all together, what each detection took, and the misses.

    Raises:
        InputError: ``photos_differ`` when the two are not of as many photos; as ``suppress`` for
            boxes, scores and labels.
    """
    answers = [found] if isinstance(found, Detections) else list(found)
    truths = [truth] if isinstance(truth, Truth) else list(truth)
    if len(answers) != len(truths):
        raise InputError("photos_differ", found=len(answers), truth=len(truths))
    pairs = [_check(*pair) for pair in zip(answers, truths, strict=True)]
    names = np.unique(
        np.concatenate([np.zeros(0, np.int64), *(np.r_[a.labels, t.labels] for a, t in pairs)])
    )
    matches = [match_class(pairs, int(label), iou) for label in names]
    curves = tuple(
        _curve(int(label), match, interpolation)
        for label, match in zip(names, matches, strict=True)
    )
    averages = [curve.average for curve in curves if curve.truths]
    return Precision(
        mean=float(np.mean(averages)) if averages else float("nan"),
        classes=curves,
        together=_curve(ALL_CLASSES, join(matches), interpolation),
        missed=tuple(_missed(photo, t, curves) for photo, (_, t) in enumerate(pairs)),
        iou=iou,
        interpolation=interpolation,
    )


def _check(found: Detections, truth: Truth) -> tuple[Detections, Truth]:
    boxes = as_boxes(found.boxes, flat=True)
    scores, labels = as_scores(found.scores, len(boxes)), as_labels(found.labels, len(boxes))
    true = as_boxes(truth.boxes, flat=True)
    crowd = as_labels(truth.crowd, len(true))
    return (
        Detections(boxes, labels, scores),
        Truth(true, as_labels(truth.labels, len(true)), crowd),
    )


def _curve(label: int, match: Matches, interpolation: Interpolation) -> Curve:
    correct = match.truth >= 0
    right = np.cumsum(correct)
    precision = right / np.arange(1, len(correct) + 1)
    recall = right / match.truths if match.truths else np.zeros(len(correct))
    raised = np.maximum.accumulate(precision[::-1])[::-1]
    levels = (
        recall[correct] if interpolation == "every" else np.linspace(0, 1, STEPS[interpolation])
    )
    place = np.searchsorted(recall, levels, side="left")
    read = np.append(raised, 0.0)[place]
    widths = np.diff(levels, prepend=0.0) if interpolation == "every" else 1 / max(len(levels), 1)
    return Curve(
        label=label,
        average=float((read * widths).sum()) if match.truths else float("nan"),
        truths=match.truths,
        scores=match.scores,
        correct=correct,
        precision=precision,
        recall=recall,
        raised=raised,
        levels=levels,
        read=read,
        photos=match.photos,
        detections=match.detections,
        truth=match.truth,
        overlap=match.overlap,
    )


def _missed(photo: int, truth: Truth, curves: tuple[Curve, ...]) -> Labels:
    taken = [curve.truth[curve.photos == photo] for curve in curves]
    single = np.flatnonzero(truth.crowd == 0)
    return np.setdiff1d(single, np.concatenate([np.zeros(0, np.int64), *taken]))
