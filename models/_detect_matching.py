"""Who takes whom: detections of a class, the surest first, and the true boxes of their photos.

The rules are COCO's. Each detection takes the free true box that it overlaps most, if that is at
least the threshold. A crowd, a box around many that were not counted, is taken only where no other
box is left, and by any number of detections; these then count neither as right nor as wrong.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models._detect_boxes import Boxes, Labels, Scores, overlaps_of
from models._detect_results import Detections, Truth

__all__ = ["Matches", "join", "match_class"]

MOST = 100  # detections of a class in a photo, as COCO has it


@dataclass(frozen=True, eq=False)
class Matches:
    """What became of each detection; those that count neither way are left out."""

    truths: int
    scores: Scores
    photos: Labels
    detections: Labels
    truth: Labels
    overlap: NDArray[np.float64]


def match_class(pairs: list[tuple[Detections, Truth]], label: int, iou: float) -> Matches:
    rows: list[NDArray[np.float64]] = []
    truths = 0
    for photo, (found, truth) in enumerate(pairs):
        mine = np.flatnonzero(found.labels == label)
        mine = mine[np.argsort(-found.scores[mine], kind="stable")][:MOST]
        true = np.flatnonzero(truth.labels == label)
        crowd = np.zeros(len(true)) if truth.crowd is None else truth.crowd[true]
        true = true[np.argsort(crowd > 0, kind="stable")]  # crowds come last
        single = int((crowd == 0).sum())
        truths += single
        table = _overlaps(found.boxes[mine], truth.boxes[true], single)
        taken = _take(table, single, iou)
        counts = taken < single  # a crowd's detections count neither way
        for place in np.flatnonzero(counts):
            took = taken[place]
            near = table[place, took] if took >= 0 else table[place, :single].max(initial=0)
            who = true[took] if took >= 0 else -1
            rows.append(np.array([found.scores[mine[place]], photo, mine[place], who, near]))
    return Matches(truths, *_columns(np.array(rows).reshape(-1, 5)))


def _columns(
    rows: NDArray[np.float64],
) -> tuple[Scores, Labels, Labels, Labels, NDArray[np.float64]]:
    rows = rows[np.argsort(-rows[:, 0], kind="stable")]
    photos, detections, truth = rows[:, 1:4].astype(np.int64).T
    return rows[:, 0], photos, detections, truth, rows[:, 4]


def _overlaps(found: Boxes, true: Boxes, single: int) -> NDArray[np.float64]:
    """IoU (K, M); with a crowd the share of the detection that lies in it."""
    table = overlaps_of(found, true)
    if single < len(true):
        crowd = true[single:]
        size = np.minimum(found[:, None, 2:], crowd[None, :, 2:])
        shared = (size - np.maximum(found[:, None, :2], crowd[None, :, :2])).clip(0).prod(-1)
        area = (found[:, 2:] - found[:, :2]).prod(axis=1)[:, None]
        table[:, single:] = np.divide(shared, area, out=np.zeros_like(shared), where=area > 0)
    return table


def _take(table: NDArray[np.float64], single: int, iou: float) -> Labels:
    """Let each detection, best first, take the true box it overlaps most; -1: none."""
    taken = np.full(len(table), -1)
    free = np.ones(table.shape[1], bool)
    for place, overlaps in enumerate(table):
        for first, last in ((0, single), (single, len(free))):  # a crowd only if no box is left
            fitting = np.where(free, overlaps, -1)[first:last]
            if fitting.size and fitting.max() >= min(iou, 1 - 1e-10):
                chosen = last - 1 - int(fitting[::-1].argmax())  # of equals COCO takes the last
                taken[place] = chosen
                free[chosen] = chosen >= single  # a crowd has room for any number
                break
    return taken


def join(matches: list[Matches]) -> Matches:
    parts = [
        np.stack([each.scores, each.photos, each.detections, each.truth, each.overlap], axis=1)
        for each in matches
    ]
    rows = np.concatenate([np.zeros((0, 5)), *parts])
    return Matches(sum(each.truths for each in matches), *_columns(rows))
