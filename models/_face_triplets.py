r"""Triplets out of a set of faces: which negatives still teach the network something.

For an anchor :math:`a`, another face :math:`p` of the same person and a face :math:`n` of somebody
else, the triplet loss of FaceNet (Schroff et al. 2015) is

.. math:: L = \max(0, \lVert a - p\rVert^2 - \lVert a - n\rVert^2 + m).

A negative is **hard** where it is nearer than the positive, **semi-hard** where it is farther, but
by less than the margin :math:`m` (squared distances), and **easy** beyond: there the loss is 0 and
nothing is learned.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["EASY", "HARD", "KINDS", "SAME", "SEMI_HARD", "Mined", "Tally", "mine", "tally"]

Kind = Literal["hard", "semi_hard", "easy"]
KINDS: tuple[Kind, ...] = ("hard", "semi_hard", "easy")
SAME, HARD, SEMI_HARD, EASY = -1, 0, 1, 2  # SAME: the person of the anchor, no negative


@dataclass(frozen=True, eq=False)
class Mined:
    """All faces of a set, seen from one anchor and one positive."""

    distances: NDArray[np.float64]  # (faces,) to the anchor
    losses: NDArray[np.float64]  # (faces,) with that face as the negative; NaN for the same person
    kinds: NDArray[np.int8]  # (faces,) HARD, SEMI_HARD, EASY, or SAME

    def of_kind(self, kind: Kind) -> NDArray[np.intp]:
        """The negatives of a kind, the nearest first."""
        places = np.flatnonzero(self.kinds == KINDS.index(kind))
        return places[np.argsort(self.distances[places], kind="stable")]


@dataclass(frozen=True)
class Tally:
    """All triplets of a set."""

    hard: int
    semi_hard: int
    easy: int
    mean_loss: float

    @property
    def total(self) -> int:
        """How many there are."""
        return self.hard + self.semi_hard + self.easy


def mine(
    distances: NDArray[np.float64],
    people: NDArray[np.integer],
    anchor: int,
    positive: int,
    margin: float,
) -> Mined:
    """Sort the negatives of an anchor and a positive by what they would teach.

    Args:
        distances: (faces, faces).
        people: (faces,) whose face each is.
        anchor: Number of a face.
        positive: Number of another face of the same person.
        margin: By how much a negative has to be farther, in squared distance.
    """
    row = distances[anchor]
    near, gaps = row[positive] ** 2, row**2
    others = people != people[anchor]
    kinds = np.where(gaps < near, HARD, np.where(gaps < near + margin, SEMI_HARD, EASY))
    losses = np.maximum(0.0, near - gaps + margin)
    return Mined(
        row, np.where(others, losses, np.nan), np.where(others, kinds, SAME).astype(np.int8)
    )


def tally(distances: NDArray[np.float64], people: NDArray[np.integer], margin: float) -> Tally:
    """Count the triplets of a whole set by kind.

    Args:
        distances: (faces, faces).
        people: (faces,) whose face each is.
        margin: As for ``mine``.
    """
    counts, loss = np.zeros(3, np.int64), 0.0
    squares = distances**2
    for anchor, row in enumerate(squares):
        same = people == people[anchor]
        far = row[~same]
        same[anchor] = False
        gaps = far[None] - row[same][:, None]  # (positives, negatives)
        hard, below = (gaps < 0).sum(), (gaps < margin).sum()
        counts += (hard, below - hard, gaps.size - below)
        loss += float(np.maximum(0.0, margin - gaps).sum())
    total = int(counts.sum())
    hard, semi_hard, easy = (int(count) for count in counts)
    return Tally(hard, semi_hard, easy, loss / total if total else 0.0)
