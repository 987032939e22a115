"""How far generated pictures are from real ones: three numbers, from the features of a classifier.

A classifier's last features turn each picture into a point; pictures that look alike lie close
together. Of two clouds of such points, real and generated, one can ask

- how far apart they are, as if both were Gaussian (Frechet distance):
  d^2 = |m - m'|^2 + tr(C + C' - 2 (C C')^(1/2)), with means m and covariances C. Few points make
  it larger, so real against real, with as many points, is always told beside it. Sources:
  D. Dowson and B. Landau, J. Multivariate Analysis 12 (1982) 450; M. Heusel et al., *GANs trained
  by a two time-scale update rule*, 2017, https://arxiv.org/abs/1706.08500 (there with Inception's
  features, so numbers from elsewhere cannot be compared with ours);
- what share of the generated lies where real ones are (precision: they look real) and what share
  of the real lies where generated ones are (recall: nothing is left out). "Where" is the union of
  balls around each point that reach to its k-th nearest neighbour. Source: T. Kynkaanniemi et al.,
  *Improved precision and recall metric for assessing generative models*, 2019,
  https://arxiv.org/abs/1904.06991;
- how often the classifier sees the class that was asked for (class agreement).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "NEIGHBOURS",
    "Gaussian",
    "PrecisionRecall",
    "class_agreement",
    "frechet_distance",
    "gaussian",
    "mean_distance",
    "precision_recall",
    "radii",
]

NEIGHBOURS = 3  # as in the paper
BLOCK = 1024  # rows of the table of distances that are held at a time

Features = NDArray[np.floating]  # (points, dimensions)


@dataclass(frozen=True, eq=False)
class Gaussian:
    """The mean and the covariance of a cloud of points."""

    mean: NDArray[np.float64]  # (dimensions,)
    covariance: NDArray[np.float64]  # (dimensions, dimensions) divided by count - 1
    count: int  # points it was made of


@dataclass(frozen=True)
class PrecisionRecall:
    """How two clouds of points cover each other, both 0..1."""

    precision: float  # share of the generated that lies among the real
    recall: float  # share of the real that lies among the generated


def gaussian(features: Features) -> Gaussian:
    """Take the mean and the covariance of points.

    Args:
        features: (points, dimensions), at least two points.

    Returns:
        Both in double precision.
    """
    points = np.asarray(features, np.float64)
    mean = points.mean(0)
    centred = points - mean
    return Gaussian(mean, centred.T @ centred / (len(points) - 1), len(points))


def frechet_distance(first: Gaussian, second: Gaussian) -> float:
    """Say how far apart two Gaussians are.

    The trace of (C C')^(1/2) is the sum of the singular values of C^(1/2) C'^(1/2): both square
    roots are of symmetric matrices, so nothing complex arises and covariances without full rank
    (fewer points than dimensions) are no special case.

    Args:
        first: One cloud.
        second: The other, of as many dimensions.

    Returns:
        d^2, never below 0.

    >>> unit = Gaussian(np.zeros(2), np.eye(2), 9)
    >>> round(frechet_distance(unit, Gaussian(np.array([3.0, 4.0]), 4 * np.eye(2), 9)), 6)
    27.0
    """
    product = _root(first.covariance) @ _root(second.covariance)
    shared = np.linalg.svd(product, compute_uv=False).sum()
    spread = np.trace(first.covariance) + np.trace(second.covariance)
    return max(0.0, mean_distance(first, second) + float(spread - 2 * shared))


def mean_distance(first: Gaussian, second: Gaussian) -> float:
    """The part of the distance that lies between the means, |m - m'|^2."""
    apart = first.mean - second.mean
    return float(apart @ apart)


def precision_recall(
    real: Features, generated: Features, neighbours: int = NEIGHBOURS
) -> PrecisionRecall:
    """Say what share of each cloud lies where the other one is.

    Args:
        real: (points, dimensions); as many points in both, or the two cannot be compared fairly.
        generated: (points, dimensions).
        neighbours: The ball around a point reaches to the neighbour of this number.

    Returns:
        Precision and recall.
    """
    return PrecisionRecall(
        precision=_covered(generated, real, neighbours),
        recall=_covered(real, generated, neighbours),
    )


def class_agreement(probabilities: ArrayLike, labels: ArrayLike) -> float:
    """Say how often the most probable class is the one that was asked for.

    Args:
        probabilities: (pictures, classes), or scores of classes.
        labels: (pictures,) numbers of classes.

    Returns:
        A share, 0..1.
    """
    answers = np.asarray(probabilities).argmax(-1)
    return float((answers == np.asarray(labels)).mean())


def radii(points: Features, neighbours: int = NEIGHBOURS) -> NDArray[np.float64]:
    """Say how far each point's k-th nearest neighbour is, squared.

    Args:
        points: (points, dimensions), more than ``neighbours`` of them.
        neighbours: k; the point itself is not counted.

    Returns:
        (points,) squared distances.
    """
    found = np.empty(len(points))
    for start in range(0, len(points), BLOCK):
        table = _squared_distances(points[start : start + BLOCK], points)
        here = np.arange(len(table))
        table[here, start + here] = -1.0  # itself comes first, even where others are equal
        found[start : start + BLOCK] = np.partition(table, neighbours, axis=1)[:, neighbours]
    return found


def _covered(points: Features, cloud: Features, neighbours: int) -> float:
    """The share of points that lie within a ball of the cloud."""
    reach = radii(cloud, neighbours)
    hits = 0
    for start in range(0, len(points), BLOCK):
        table = _squared_distances(points[start : start + BLOCK], cloud)
        hits += int((table <= reach).any(1).sum())
    return hits / len(points)


def _squared_distances(first: Features, second: Features) -> NDArray[np.float64]:
    """(first, second); |x - y|^2 = |x|^2 + |y|^2 - 2 x y, in double precision."""
    rows, columns = np.asarray(first, np.float64), np.asarray(second, np.float64)
    lengths, others = (rows**2).sum(1)[:, None], (columns**2).sum(1)
    table = lengths + others - 2 * rows @ columns.T
    noise = 1e-13 * (lengths + others)  # what rounding leaves between a point and itself
    return np.where(table > noise, table, 0.0)


def _root(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    """The symmetric square root; eigenvalues that rounding made negative are zero."""
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2)
    root: NDArray[np.float64] = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    return root
