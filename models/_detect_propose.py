"""Region proposals: where something may be, from colours alone, before any network looks.

The photo is cut into segments of even colour (P. Felzenszwalb and D. Huttenlocher, *Efficient
graph-based image segmentation*, IJCV 2004). Then the two neighbours that are most alike are joined,
again and again, until one is left; the box of every region on the way is a proposal. This is
selective search (J. Uijlings et al., IJCV 2013), the first step of R-CNN (R. Girshick et al., 2014,
https://arxiv.org/abs/1311.2524), with three of its four measures of likeness:

    s(a, b) = colour + size + fill

the shared part of two colour histograms; 1 - the share of the photo that both cover; 1 - the share
of the photo that the box around both covers and they do not.
"""

import heapq
import time
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage
from skimage import segmentation

from models._detect_boxes import Boxes, Labels
from models._detect_networks import prepare
from models._images import Pixels
from models._ranges import Range, checked

__all__ = ["RegionProposals", "propose"]

WORKING_SIDE = 256  # pixels of the longer side that is cut into segments
BINS = 8  # of a colour histogram, for each of red, green and blue


@dataclass(frozen=True, eq=False)
class RegionProposals:
    """Boxes around what belongs together, from the whole photo down to the smallest segments."""

    boxes: Boxes  # (P, 4) x1 y1 x2 y2 in pixels of the photo, those joined last first
    levels: Labels  # (P,) how many joins, one upon the other, made the region; 0: a segment
    segments: NDArray[np.int32]  # (h, w) number of the segment of each pixel of the scaled photo
    count: int  # segments
    scale: float  # pixels of the photo to one of ``segments``
    milliseconds: float


@checked
def propose(
    photo: Pixels,
    coarseness: Annotated[int, Range(20, 1000, 10)] = 150,
    smallest: Annotated[int, Range(20, 400, 20, "px")] = 40,
    limit: Annotated[int, Range(10, 2000, 10)] = 200,
) -> RegionProposals:
    """Propose boxes where something may be: segments of even colour, joined step by step.

    Args:
        photo: uint8 (height, width) or (height, width, 3).
        coarseness: Larger makes larger segments, and so fewer boxes.
        smallest: Segments of fewer pixels (of the photo scaled to 256) are joined to a neighbour.
        limit: At most so many boxes; those of the regions joined last.

    Returns:
        Boxes without doubles, and the segments they are made of.

    Raises:
        InputError: ``photo_shape``, ``photo_too_small`` or ``photo_too_narrow``.
    """
    pixels = prepare(photo)
    start = time.perf_counter()
    scale = max(1.0, max(pixels.shape[:2]) / WORKING_SIDE)
    height, width = (max(1, round(length / scale)) for length in pixels.shape[:2])
    small = np.asarray(Image.fromarray(pixels).resize((width, height), Image.Resampling.BILINEAR))
    segments = segmentation.felzenszwalb(small, scale=coarseness, sigma=0.8, min_size=smallest)
    regions = _join(small, segments)[::-1]
    boxes = np.array([each.box for each in regions], np.float64)
    _, first = np.unique(boxes, axis=0, return_index=True)
    rows = np.sort(first)[:limit]
    to_photo = np.array(pixels.shape[1::-1]) / (width, height)
    return RegionProposals(
        boxes=boxes[rows] * np.tile(to_photo, 2),
        levels=np.array([regions[row].level for row in rows], np.int64),
        segments=segments.astype(np.int32),
        count=int(segments.max()) + 1,
        scale=scale,
        milliseconds=(time.perf_counter() - start) * 1000,
    )


@dataclass(frozen=True, eq=False)
class _Region:
    """A segment, or several joined."""

    pixels: int
    box: tuple[int, int, int, int]  # x1 y1 x2 y2
    colours: NDArray[np.float64]  # (3 * BINS,) shares that add up to 1
    level: int
    beside: frozenset[int]  # numbers of its neighbours


def _join(small: Pixels, segments: NDArray[np.int64]) -> list[_Region]:
    """Join the two neighbours that are most alike until one region is left; give all of them."""
    regions = _segments(small, segments)
    total = segments.size
    alive = set(range(len(regions)))
    queue = [
        (-_likeness(regions[one], regions[other], total), one, other)
        for one in alive
        for other in regions[one].beside
        if one < other
    ]
    heapq.heapify(queue)
    while queue:
        _, one, other = heapq.heappop(queue)
        if one not in alive or other not in alive:
            continue
        both = _union(regions[one], regions[other])
        number = len(regions)
        regions.append(replace(both, beside=both.beside - {one, other}))
        alive = (alive - {one, other}) | {number}
        for neighbour in (both.beside & alive) - {number}:
            near = regions[neighbour]
            regions[neighbour] = replace(near, beside=near.beside | {number})
            heapq.heappush(queue, (-_likeness(both, near, total), neighbour, number))
    return regions


def _segments(small: Pixels, segments: NDArray[np.int64]) -> list[_Region]:
    count = int(segments.max()) + 1
    sizes = np.bincount(segments.ravel(), minlength=count)
    levels = (small.astype(np.int64) * BINS) // 256 + np.arange(3) * BINS
    places = segments[..., None] * 3 * BINS + levels
    colours = np.bincount(places.ravel(), minlength=count * 3 * BINS).reshape(count, -1)
    beside: list[set[int]] = [set() for _ in range(count)]
    for one, other in _borders(segments):
        beside[one].add(other)
        beside[other].add(one)
    return [
        _Region(
            pixels=int(sizes[number]),
            box=(columns.start, rows.start, columns.stop, rows.stop),
            colours=colours[number] / colours[number].sum(),
            level=0,
            beside=frozenset(beside[number]),
        )
        for number, (rows, columns) in enumerate(ndimage.find_objects(segments + 1))
    ]


def _borders(segments: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Pairs of segments that touch, side by side or one above the other."""
    beside = np.stack([segments[:, :-1].ravel(), segments[:, 1:].ravel()])
    above = np.stack([segments[:-1].ravel(), segments[1:].ravel()])
    pairs = np.concatenate([beside, above], axis=1)
    pairs = np.unique(np.sort(pairs[:, pairs[0] != pairs[1]], axis=0), axis=1)
    return [(int(one), int(other)) for one, other in pairs.T]


def _likeness(one: _Region, other: _Region, total: int) -> float:
    colour = float(np.minimum(one.colours, other.colours).sum())
    covered = (one.pixels + other.pixels) / total
    left, top, right, bottom = _around(one, other)
    fill = 1 - (right - left) * (bottom - top) / total + covered
    return colour + (1 - covered) + fill


def _union(one: _Region, other: _Region) -> _Region:
    pixels = one.pixels + other.pixels
    return _Region(
        pixels=pixels,
        box=_around(one, other),
        colours=(one.pixels * one.colours + other.pixels * other.colours) / pixels,
        level=max(one.level, other.level) + 1,
        beside=one.beside | other.beside,
    )


def _around(one: _Region, other: _Region) -> tuple[int, int, int, int]:
    (left, top, right, bottom), edges = one.box, other.box
    return min(left, edges[0]), min(top, edges[1]), max(right, edges[2]), max(bottom, edges[3])
