"""Counting how good an edge map is, on a scene whose edges are known.

Precision is the share of what was found that is true, recall the share of what is true that was
found, and F = 2 P R / (P + R) their harmonic mean. A found pixel may lie a little beside the true
line: ``tolerance``. With ``nearest`` matching any number of found pixels may lean on one true
pixel, so a line three pixels thick loses nothing; with ``one_to_one`` each true pixel pays for one
found pixel, as in the Berkeley benchmark, and thick lines cost precision.

Source: Martin, Fowlkes and Malik, "Learning to Detect Natural Image Boundaries", IEEE TPAMI 26
(2004) 530.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from models._errors import InputError
from models._images import Pixels
from models._ranges import Range, checked

__all__ = ["EdgeScore", "Mask", "Matching", "Noise", "Scene", "Tolerance"]
__all__ += ["score_edges", "synthetic_scene", "with_noise"]


Mask = NDArray[np.bool_]
Matching = Literal["nearest", "one_to_one"]
Noise = Annotated[float, Range(0.0, 60.0, 1.0)]  # grey levels
Tolerance = Annotated[float, Range(0.0, 5.0, 0.5, "px")]


@dataclass(frozen=True, eq=False)
class EdgeScore:
    """How far a map of edges agrees with another."""

    precision: float  # 0 .. 1; 0 if nothing was found but something is true
    recall: float  # 0 .. 1
    f_score: float  # 0 .. 1
    found: int  # pixels
    truth: int  # pixels
    hits: Mask  # (H, W) found, and true
    false_alarms: Mask  # (H, W) found, not true
    misses: Mask  # (H, W) true, not found
    thickness: float  # found pixels within the tolerance, for each true pixel that was found


@dataclass(frozen=True, eq=False)
class Scene:
    """A drawn picture whose edges are known exactly."""

    photo: Pixels  # (size, size) grey
    truth: Mask  # (size, size) pixels whose centre lies within half a pixel of an outline


@checked
def score_edges(
    found: Mask,
    truth: Mask,
    tolerance: Tolerance = 1.0,
    matching: Matching = "nearest",
) -> EdgeScore:
    """Count how much of what was found is true, and how much of what is true was found.

    Args:
        found: bool (H, W), or 0 where there is no edge.
        truth: bool (H, W).
        tolerance: How far apart, centre to centre, two pixels may lie and still be the same edge.
        matching: Whether many found pixels may share one true pixel.

    Returns:
        Precision, recall, F-score, and the maps of hits, false alarms and misses.

    Raises:
        InputError: ``edges_shape`` if the two are not maps of one size.

    >>> truth = np.zeros((5, 5), bool)
    >>> truth[:, 2] = True
    >>> beside = score_edges(np.roll(truth, 1, axis=1), truth, tolerance=1.0)
    >>> beside.precision, beside.recall
    (1.0, 1.0)
    >>> thick = truth | np.roll(truth, 1, axis=1) | np.roll(truth, -1, axis=1)
    >>> round(score_edges(thick, truth, matching="one_to_one").precision, 2)
    0.33
    """
    found_map, truth_map = (np.asarray(edges).astype(bool) for edges in (found, truth))
    if found_map.ndim != 2 or found_map.shape != truth_map.shape:
        raise InputError("edges_shape", found=str(found_map.shape), truth=str(truth_map.shape))
    hits = _near(found_map, truth_map, tolerance)
    recalled = _near(truth_map, found_map, tolerance)
    thickness = float(hits.sum() / recalled.sum()) if recalled.any() else 0.0
    if matching == "one_to_one":
        hits, recalled = _paired(found_map, truth_map, tolerance)
    if not found_map.any() and not truth_map.any():
        precision = recall = 1.0
    else:
        precision = float(hits.sum() / max(1, found_map.sum()))
        recall = float(recalled.sum() / max(1, truth_map.sum()))
    return EdgeScore(
        precision=precision,
        recall=recall,
        f_score=2 * precision * recall / (precision + recall) if precision + recall else 0.0,
        found=int(found_map.sum()),
        truth=int(truth_map.sum()),
        hits=hits,
        false_alarms=found_map & ~hits,
        misses=truth_map & ~recalled,
        thickness=thickness,
    )


def _near(one: Mask, other: Mask, tolerance: float) -> Mask:
    """The pixels of one map that have a pixel of the other within reach."""
    reach = int(tolerance)
    rows, columns = np.indices((2 * reach + 1, 2 * reach + 1)) - reach
    disc = rows**2 + columns**2 <= tolerance**2
    grown = cv2.dilate(other.astype(np.uint8), disc.astype(np.uint8), borderValue=0)
    return one & (grown > 0)


def _paired(found: Mask, truth: Mask, tolerance: float) -> tuple[Mask, Mask]:
    """Pair as many found with true pixels as can be, each used once."""
    reach = int(tolerance)
    left, right = [], []
    numbers = np.full(tuple(side + 2 * reach for side in truth.shape), -1)
    inner = numbers[reach : reach + truth.shape[0], reach : reach + truth.shape[1]]
    inner[truth] = np.arange(truth.sum())
    rows, columns = np.nonzero(found)
    for down in range(-reach, reach + 1):
        for across in range(-reach, reach + 1):
            if down**2 + across**2 <= tolerance**2:
                partner = numbers[rows + reach + down, columns + reach + across]
                left.append(np.nonzero(partner >= 0)[0])
                right.append(partner[partner >= 0])
    pairs = (np.concatenate(left), np.concatenate(right))
    graph = sparse.csr_matrix(
        (np.ones(len(pairs[0]), np.int8), pairs), shape=(len(rows), int(truth.sum()))
    )
    partners = sparse.csgraph.maximum_bipartite_matching(graph, perm_type="column")
    hits, recalled = np.zeros_like(found), np.zeros_like(truth)
    matched = partners >= 0
    hits[rows[matched], columns[matched]] = True
    true_rows, true_columns = np.nonzero(truth)
    recalled[true_rows[partners[matched]], true_columns[partners[matched]]] = True
    return hits, recalled


@checked
def synthetic_scene(
    noise: Noise = 10.0,
    size: Annotated[int, Range(96, 256, 16, "px")] = 160,
    seed: Annotated[int, Range(0, 999, 1)] = 0,
) -> Scene:
    """Draw a scene whose edges are known: a disc, a ring, a turned square, a faint disc, a bar.

    Every shape is given by its distance function d(x, y), negative inside; the paint covers
    clip(1/2 - d, 0, 1) of a pixel, and the edge is where |d| <= 1/2.

    Args:
        noise: Standard deviation of the Gaussian noise, in grey levels.
        size: Height and width.
        seed: Of the noise.

    Returns:
        The picture and the true edges.
    """
    rows, columns = np.indices((size, size))
    unit = size / 160.0
    levels = np.full((size, size), 90.0)
    truth = np.zeros((size, size), bool)
    for distance, brightness in _shapes(columns / unit, rows / unit):
        pixels = distance * unit
        cover = np.clip(0.5 - pixels, 0.0, 1.0)
        levels += cover * (brightness - levels)
        truth |= np.abs(pixels) <= 0.5
    return Scene(with_noise(levels, noise, seed), truth)


def _shapes(
    x: NDArray[np.float64], y: NDArray[np.float64]
) -> list[tuple[NDArray[np.float64], float]]:
    """Signed distances to outlines that do not touch, on a canvas of 160, and their grey levels."""
    turn = np.deg2rad(25.0)
    along = (x - 115) * np.cos(turn) + (y - 44) * np.sin(turn)
    across = (y - 44) * np.cos(turn) - (x - 115) * np.sin(turn)
    slant = np.deg2rad(-12.0)
    bar_along = (x - 108) * np.cos(slant) + (y - 138) * np.sin(slant)
    bar_across = (y - 138) * np.cos(slant) - (x - 108) * np.sin(slant)
    return [
        (np.hypot(x - 46, y - 46) - 32.4, 180.0),
        (_box(along, across, 24.3, 24.3), 30.0),
        (np.abs(np.hypot(x - 40, y - 118) - 20.0) - 6.3, 150.0),
        (np.hypot(x - 112, y - 102) - 19.2, 115.0),
        (_box(bar_along, bar_across, 34.0, 4.2), 200.0),
    ]


def _box(
    along: NDArray[np.float64], across: NDArray[np.float64], length: float, width: float
) -> NDArray[np.float64]:
    """Signed distance to a rectangle of these half sides."""
    out_x, out_y = np.abs(along) - length, np.abs(across) - width
    outside = np.hypot(np.maximum(out_x, 0), np.maximum(out_y, 0))
    return np.asarray(outside + np.minimum(np.maximum(out_x, out_y), 0))


def with_noise(levels: NDArray[np.floating], noise: float, seed: int) -> Pixels:
    generator = np.random.default_rng(seed)
    noisy = levels + generator.normal(0.0, noise, levels.shape)
    return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)
