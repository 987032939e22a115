"""A region cut out of a map of numbers, whatever its size, as a table of one size."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from gallery import controls, figures, show
from gallery.answers import answer
from gallery.detection.asking import pooling_time
from gallery.detection.case import Case
from gallery.detection.costs import Cost, draw_costs
from gallery.detection.proposing import BOXES
from gallery.takeaway import TakeAway
from models import object_detection as od

__all__ = ["draw_pooling"]

BINS = 3  # a side of the pooled table


def draw_pooling(case: Case) -> TakeAway:
    """The map with the bins of a region, what they become, and what that costs."""
    words, knobs = case.words, case.knobs
    spec = od.MODELS[0]
    raw = case.ask(spec)
    grid = raw.grid
    if grid is None:
        raise TypeError(f"{spec.name} has no grid")
    wide, high = case.photo.size
    rows, columns = int(np.ceil(high / grid.cell)), int(np.ceil(wide / grid.cell))
    features = 100 * grid.objectness[:rows, :columns].max(axis=-1)
    left, right = st.columns(2)
    with left:
        size = controls.number(knobs.bins, od.pool_region, "size", default=BINS)
    with right:
        box = _choose_region(case, raw, features, grid.cell)
    found = od.pool_region(features, box, size, 1 / grid.cell)
    limit = float(features.max()) or 1.0
    left, right = st.columns([3, 2])
    with left:
        whole = figures.region_map(
            features,
            words.pool_map,
            words.pool_map_alt,
            box=[edge / grid.cell for edge in box],
            rows=[(int(a), int(b)) for a, b in found.rows],
            columns=[(int(a), int(b)) for a, b in found.columns],
            winners=[(int(a), int(b)) for a, b in found.winners[0].reshape(-1, 2) if a >= 0],
            x=words.column,
            y=words.row,
            limit=limit,
        )
        show.drawing(whole)
    with right:
        pooled = figures.region_map(
            found.values[0],
            words.pool_values,
            words.pool_values_alt,
            x=words.column,
            y=words.row,
            limit=limit,
        )
        show.drawing(pooled)
    first, top, last, bottom = found.cells
    last, bottom = min(last, columns - 1), min(bottom, rows - 1)  # a box may end on the rim
    exact = [f"{edge / grid.cell:.2f}" for edge in box]
    st.markdown(
        words.pool_rounded(
            exact=", ".join(exact), left=first, top=top, right=last, bottom=bottom, size=size
        )
    )
    _draw_pooled(case, raw, grid, features, size)
    return TakeAway(
        "roi_pooling",
        case.code(
            spec,
            f"features = 100 * found.grid.objectness[:{rows}, :{columns}].max(axis=-1)",
            f"box = {[round(edge, 2) for edge in box]}",
            f"answer = object_detection.pool_region(features, box, {size}, 1 / found.grid.cell)",
        ),
        picture=figures.coloured(features, limit=limit),
        table=pooled.table,
        data=found,
        spec=spec,
    )


def _draw_pooled(
    case: Case, raw: od.Raw, grid: od.Grid, features: NDArray[np.float64], size: int
) -> None:
    """What it costs to pool as many regions as the proposals were."""
    words = case.words
    boxes = raw.boxes[_on_map(raw.boxes, features, grid.cell)][:BOXES]
    spent = answer(pooling_time, features, boxes, size, 1 / grid.cell)
    costs = [
        Cost(words.cost_regions, len(boxes)),
        Cost(words.cost_pooling(count=len(boxes)), 0, spent),
    ]
    draw_costs(case, costs, words.saved_pooling(count=len(boxes)))


def _on_map(
    boxes: NDArray[np.float64], features: NDArray[np.float64], cell: float
) -> NDArray[np.bool_]:
    """Which boxes still cover a cell once their sides are rounded; a thin one on the rim does not.

    Args:
        boxes: (N, 4) in pixels of the photo.
        features: (rows, columns)
        cell: Pixels of the photo a side of a cell.
    """
    first = np.floor(boxes[:, :2] / cell + 0.5)
    covering: NDArray[np.bool_] = np.all(first < features.shape[::-1], axis=1)
    return covering


def _choose_region(
    case: Case, raw: od.Raw, features: NDArray[np.float64], cell: float
) -> list[float]:
    """A box that the detector found, else the middle of the photo."""
    words = case.words
    rows = _on_map(raw.boxes, features, cell)
    found = od.select(raw.boxes[rows], raw.scores[rows], raw.labels[rows], score=0.1)
    wide, high = case.photo.size
    boxes: list[list[float]] = [
        *found.boxes.tolist()[:8],
        [wide * 0.2, high * 0.2, wide * 0.8, high * 0.8],
    ]
    titles = [
        f"{case.name(int(label))} {score:.2f}"
        for label, score in zip(found.labels[:8], found.scores[:8], strict=True)
    ]
    labels = {str(place): title for place, title in enumerate([*titles, words.pool_middle])}
    return boxes[case.choose(case.knobs.region, labels)]
