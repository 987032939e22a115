"""Many faces at once: how far each is from each, who belongs together, and a map of them.

All of it starts from the distances between vectors of length one. A tree joins the two groups that
are nearest to each other, again and again; the distance of two groups is the mean over all pairs
(UPGMA, Sokal and Michener 1958). A map keeps two directions out of all: those along which the
vectors differ most (principal components, Pearson 1901), which for these distances is the same as
classical scaling (Torgerson 1952). It hides what lies in the other directions.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["FaceMap", "Tree", "between", "between_all", "flatten", "grow_tree"]

Vectors = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Tree:
    """Which groups were joined, and how far apart they were."""

    joins: NDArray[np.intp]  # (faces - 1, 2) groups; join i makes the group faces + i
    heights: NDArray[np.float64]  # (faces - 1,) distance at each join, never falling
    order: NDArray[np.intp]  # (faces,) the faces from left to right, so that no lines cross


@dataclass(frozen=True, eq=False)
class FaceMap:
    """Where the faces lie in two dimensions."""

    places: NDArray[np.float64]  # (faces, 2)
    kept: float  # share of the squared distances that the two directions keep, 0..1


def between_all(vectors: Vectors) -> NDArray[np.float64]:
    """The Euclidean distance of every pair.

    Args:
        vectors: (faces, numbers).

    Returns:
        (faces, faces), symmetric, zero on the diagonal.
    """
    found = between(vectors, vectors)
    np.fill_diagonal(found, 0)
    return found


def between(one: Vectors, other: Vectors) -> NDArray[np.float64]:
    """The Euclidean distance of every vector of one table from every one of another.

    Args:
        one: (rows, numbers).
        other: (columns, numbers).

    Returns:
        (rows, columns).
    """
    left, right = np.asarray(one, np.float64), np.asarray(other, np.float64)
    squares = (left**2).sum(1)[:, None] + (right**2).sum(1) - 2 * left @ right.T
    return np.asarray(np.sqrt(np.maximum(squares, 0)))


def grow_tree(distances: NDArray[np.float64]) -> Tree:
    """Join the nearest groups until one is left.

    Args:
        distances: (faces, faces), symmetric.
    """
    faces = len(distances)
    far = np.array(distances, np.float64)
    np.fill_diagonal(far, np.inf)
    names, sizes = list(range(faces)), np.ones(faces)
    inside = {place: [place] for place in range(faces)}
    joins = np.zeros((max(0, faces - 1), 2), np.intp)
    heights = np.zeros(len(joins))
    for step in range(len(joins)):
        kept, gone = sorted(int(i) for i in np.unravel_index(np.argmin(far), far.shape))
        pair = sorted((names[kept], names[gone]))
        joins[step], heights[step] = pair, far[kept, gone]
        inside[faces + step] = inside[pair[0]] + inside[pair[1]]
        names[kept] = faces + step
        mean = (sizes[kept] * far[kept] + sizes[gone] * far[gone]) / (sizes[kept] + sizes[gone])
        mean[kept] = np.inf
        far[kept], far[:, kept] = mean, mean
        far[gone], far[:, gone] = np.inf, np.inf
        sizes[kept] += sizes[gone]
    last = inside[2 * faces - 2] if faces else []
    return Tree(joins, np.maximum.accumulate(heights), np.array(last, np.intp))


def flatten(vectors: Vectors) -> FaceMap:
    """Put the faces on a plane so that their distances are kept as well as two numbers can.

    Args:
        vectors: (faces, numbers).
    """
    table = np.asarray(vectors, np.float64)
    centred = table - table.mean(axis=0, keepdims=True) if len(table) else table
    left, strengths, _ = np.linalg.svd(centred, full_matrices=False)
    places = np.zeros((len(table), 2))
    used = min(2, len(strengths))
    places[:, :used] = left[:, :used] * strengths[:used]
    signs = np.where(places.sum(axis=0) < 0, -1.0, 1.0)
    total = float((strengths**2).sum())
    kept = float((strengths[:used] ** 2).sum()) / total if total > 1e-12 else 1.0
    return FaceMap(places * signs, kept)
