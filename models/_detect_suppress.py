"""Non-maximum suppression: of many boxes on one thing, keep the best.

A detector answers around each thing with a crowd of boxes. Greedy suppression sorts them by score
and repeats: the best box that is left wins and stays; every rival of its class that overlaps it by
more than a threshold goes.

    hard          a rival goes when   IoU(winner, rival) > t
    diou          a rival goes when   IoU - d^2 / c^2 > t        (centres apart: another thing)
    soft_linear   its score becomes   s (1 - IoU)   where IoU > t
    soft          its score becomes   s exp(-IoU^2 / sigma)      (t plays no part)

A *lower* threshold t suppresses *more*: at t = 0 two boxes of a class may not even touch, at t = 1
nothing is ever suppressed. The other threshold, of the score, works the other way: a *higher* one
leaves fewer boxes. The soft kinds throw nothing away at once; a box goes when its score has sunk
below ``least``.

Sources: A. Neubeck and L. Van Gool, *Efficient non-maximum suppression*, ICPR 2006; N. Bodla et
al., *Soft-NMS*, ICCV 2017, https://arxiv.org/abs/1704.04503; Z. Zheng et al., *Distance-IoU loss*,
AAAI 2020, https://arxiv.org/abs/1911.08287.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models._detect_boxes import (
    Boxes,
    Labels,
    Scores,
    as_boxes,
    as_labels,
    as_scores,
    distances_of,
    overlaps_of,
)
from models._errors import InputError
from models._ranges import Range, checked

__all__ = [
    "EXAMPLE_BOXES",
    "EXAMPLE_SCORES",
    "Method",
    "Suppression",
    "SuppressionStep",
    "suppress",
]

Method = Literal["hard", "soft", "soft_linear", "diou"]
Threshold = Annotated[float, Range(0, 1, 0.01)]
Sigma = Annotated[float, Range(0.05, 2, 0.05)]
EXAMPLE_BOXES = (  # three boxes on one thing, two on another beside it
    (40.0, 40.0, 140.0, 200.0),
    (48.0, 36.0, 150.0, 190.0),
    (30.0, 52.0, 132.0, 210.0),
    (120.0, 60.0, 220.0, 210.0),
    (126.0, 70.0, 236.0, 214.0),
)
EXAMPLE_SCORES = (0.92, 0.81, 0.64, 0.78, 0.55)
BLOCK = 256  # boxes whose rivals are compared at once
MOST_SOFT = 5000  # boxes; the soft kinds go through them one by one
NEVER, BEFORE = -1, -2


@dataclass(frozen=True, eq=False)
class SuppressionStep:
    """One turn: a winner, the rivals it meets, and who goes."""

    winner: int  # number of the box, as given
    score: float  # of the winner, at this moment
    rivals: Labels  # (R,) numbers of the boxes of its class still in play, best first
    overlaps: NDArray[np.float64]  # (R,) IoU with the winner; for ``diou`` DIoU
    before: Scores  # (R,) scores of the rivals before this turn
    after: Scores  # (R,) and after it: lower only for the soft kinds
    suppressed: Labels  # numbers of the rivals that go in this turn


@dataclass(frozen=True, eq=False)
class Suppression:
    """Which boxes stay, and in which turn the others went.

    ``steps[k]`` opens turn k; it is computed when asked for, so that suppressing thousands of
    boxes costs no more than it has to.
    """

    kept: Labels  # (K,) numbers of the boxes that stay, by falling score; turn k was won by kept[k]
    scores: Scores  # (N,) of every box in the end, as numbered; soft kinds have lowered them
    order: Labels  # (N,) all boxes by falling score, as they were sorted at first
    suppressed_in: Labels  # (N,) the turn in which a box went; -1: it stays; -2: never in play
    overlap_then: NDArray[np.float64]  # (N,) its overlap with that turn's winner; 0: it stays
    boxes: Boxes  # (N, 4) as given
    given: Scores  # (N,) scores as given
    labels: Labels  # (N,) classes; all 0 where all boxes were rivals
    iou: float  # the threshold t
    method: Method
    sigma: float  # of ``soft``

    @cached_property
    def steps(self) -> Sequence[SuppressionStep]:
        """Every turn, in order: ``len(kept)`` of them."""
        return _Steps(self)


class _Steps(Sequence[SuppressionStep]):
    """The turns of a suppression, worked out one by one when they are looked at."""

    def __init__(self, done: Suppression) -> None:
        self.done = done

    def __len__(self) -> int:
        return len(self.done.kept)

    @overload
    def __getitem__(self, turn: int) -> SuppressionStep: ...
    @overload
    def __getitem__(self, turn: slice) -> Sequence[SuppressionStep]: ...
    def __getitem__(self, turn: int | slice) -> SuppressionStep | Sequence[SuppressionStep]:
        if isinstance(turn, slice):
            return [self[each] for each in range(len(self))[turn]]
        return _open(self.done, range(len(self))[turn])


@checked
def suppress(
    boxes: ArrayLike = EXAMPLE_BOXES,
    scores: ArrayLike = EXAMPLE_SCORES,
    iou: Threshold = 0.5,
    labels: ArrayLike | None = None,
    method: Method = "hard",
    sigma: Sigma = 0.5,
    least: Annotated[float, Range(0, 1, 0.001)] = 0.001,
) -> Suppression:
    """Keep the best of the boxes that overlap, and remember how it went.

    >>> suppress().kept.tolist()
    [0, 3]

    Args:
        boxes: (N, 4) x1, y1, x2, y2 in pixels.
        scores: (N,) 0..1.
        iou: The threshold t: rivals that overlap the winner by more than this go. Lower
            suppresses more.
        labels: (N,) class of each box, as whole numbers: only boxes of one class are rivals.
            None: all are.
        method: ``hard``, ``diou``, ``soft`` (Gaussian) or ``soft_linear``.
        sigma: Of ``soft``: larger lowers the scores of rivals less.
        least: Of the soft kinds: below this score a box goes.

    Returns:
        The boxes that stay, by falling score, and every turn on the way.

    Raises:
        InputError: ``boxes_shape``, ``boxes_numbers``, ``box_flat``, ``boxes_too_many``,
            ``counts_differ``, ``scores_range`` or ``labels_range``.
    """
    table = as_boxes(boxes)
    given = as_scores(scores, len(table))
    kinds = as_labels(labels, len(table))
    order = np.argsort(-given, kind="stable")
    if method in {"soft", "soft_linear"}:
        if len(table) > MOST_SOFT:
            raise InputError("boxes_too_many", count=len(table), limit=MOST_SOFT)
        found = _softly(table, given, kinds, iou, method, sigma, least)
    else:
        found = _hardly(table, given, kinds, order, iou, method)
    kept, final, turn, overlap = found
    return Suppression(kept, final, order, turn, overlap, table, given, kinds, iou, method, sigma)


Found = tuple[Labels, Scores, Labels, NDArray[np.float64]]


def _hardly(
    boxes: Boxes, scores: Scores, labels: Labels, order: Labels, iou: float, method: Method
) -> Found:
    winner = np.full(len(boxes), NEVER)  # who took a box out
    overlap = np.zeros(len(boxes))
    for label in np.unique(labels):
        mine = order[labels[order] == label]
        by, how_much = _suppress_sorted(boxes[mine], iou, method)
        gone = by != NEVER
        winner[mine[gone]] = mine[by[gone]]
        overlap[mine] = how_much
    kept = order[winner[order] == NEVER]
    turn_of = np.full(len(boxes), NEVER)
    turn_of[kept] = np.arange(len(kept))
    turn = np.where(winner == NEVER, NEVER, turn_of[winner])
    return kept, scores, turn, overlap


def _suppress_sorted(
    boxes: Boxes, iou: float, method: Method
) -> tuple[Labels, NDArray[np.float64]]:
    """Go through boxes of one class, best first, a block at a time.

    Returns:
        For each box the place of the one that takes it out (-1: none), and their overlap.
    """
    by = np.full(len(boxes), NEVER)
    overlap = np.zeros(len(boxes))
    left = np.arange(len(boxes))
    while len(left):
        block, left = left[:BLOCK], left[BLOCK:]
        among = _measure(boxes[block], boxes[block], method)
        wins = _win(np.triu(among > iou, 1))
        winners = block[wins]
        lost = ~wins
        _note(by, overlap, winners, block[lost], np.triu(among, 1)[np.ix_(wins, lost)], iou)
        beyond = _measure(boxes[winners], boxes[left], method)
        gone = (beyond > iou).any(axis=0)
        _note(by, overlap, winners, left[gone], beyond[:, gone], iou)
        left = left[~gone]
    return by, overlap


def _win(over: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Who is left when each in turn, unless it is gone, takes out those its row marks."""
    rows = [int.from_bytes(row.tobytes(), "big") for row in np.packbits(over, axis=1)]
    width = 8 * ((len(over) + 7) // 8)
    gone = 0
    for place, row in enumerate(rows):
        if not gone >> (width - 1 - place) & 1:
            gone |= row
    return np.array([not gone >> (width - 1 - place) & 1 for place in range(len(over))], bool)


def _note(
    by: Labels,
    overlap: NDArray[np.float64],
    winners: Labels,
    losers: Labels,
    measured: NDArray[np.float64],
    iou: float,
) -> None:
    """Write down who took out whom: the first winner that overlaps by more than the threshold."""
    if len(losers):
        first = (measured > iou).argmax(axis=0)
        by[losers] = winners[first]
        overlap[losers] = measured[first, np.arange(len(losers))]


def _measure(first: Boxes, second: Boxes, method: Method) -> NDArray[np.float64]:
    values = overlaps_of(first, second)
    return values - distances_of(first, second) if method == "diou" else values


def _softly(
    boxes: Boxes,
    scores: Scores,
    labels: Labels,
    iou: float,
    method: Method,
    sigma: float,
    least: float,
) -> Found:
    current = scores.copy()
    in_play = np.ones(len(boxes), bool)
    turn = np.full(len(boxes), NEVER)
    overlap = np.zeros(len(boxes))
    kept: list[int] = []
    if len(boxes) and least > 0:  # what begins below is never in play
        in_play &= current >= least
        turn[~in_play] = BEFORE
    while in_play.any():
        winner = int(np.where(in_play, current, -1).argmax())
        in_play[winner] = False
        kept.append(winner)
        rivals = np.flatnonzero(in_play & (labels == labels[winner]))
        measured = overlaps_of(boxes[[winner]], boxes[rivals])[0]
        current[rivals] *= _decay(measured, iou, method, sigma)
        gone = current[rivals] < least
        turn[rivals[gone]] = len(kept) - 1
        overlap[rivals[gone]] = measured[gone]
        in_play[rivals[gone]] = False
    return np.array(kept, np.int64), current, turn, overlap


def _decay(
    overlaps: NDArray[np.float64], iou: float, method: Method, sigma: float
) -> NDArray[np.float64]:
    """What the scores of rivals are multiplied with."""
    if method == "soft":
        return np.exp(-np.square(overlaps) / sigma)
    if method == "soft_linear":
        return np.where(overlaps > iou, 1 - overlaps, 1.0)
    return np.ones_like(overlaps)


def _open(done: Suppression, turn: int) -> SuppressionStep:
    """Work out one turn again from what was written down."""
    winner = int(done.kept[turn])
    waiting = np.ones(len(done.boxes), bool)
    waiting[done.kept[: turn + 1]] = False
    waiting &= (done.suppressed_in == NEVER) | (done.suppressed_in >= turn)
    waiting &= done.labels == done.labels[winner]
    rivals = np.flatnonzero(waiting)
    earlier = done.kept[:turn][done.labels[done.kept[:turn]] == done.labels[winner]]
    passed = overlaps_of(done.boxes[earlier], done.boxes[rivals])
    before = done.given[rivals] * np.prod(_decay(passed, done.iou, done.method, done.sigma), axis=0)
    best_first = np.argsort(-before, kind="stable")
    rivals, before = rivals[best_first], before[best_first]
    measured = _measure(done.boxes[[winner]], done.boxes[rivals], done.method)[0]
    return SuppressionStep(
        winner=winner,
        score=float(done.scores[winner]),
        rivals=rivals,
        overlaps=measured,
        before=before,
        after=before * _decay(measured, done.iou, done.method, done.sigma),
        suppressed=rivals[done.suppressed_in[rivals] == turn],
    )
