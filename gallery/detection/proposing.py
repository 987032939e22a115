"""Where something may be: regions of even colour, and a network's own proposals."""

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from gallery import controls, figures, show
from gallery.answers import answer
from gallery.detection.asking import asked
from gallery.detection.case import Case
from gallery.detection.costs import Cost, draw_costs
from gallery.detection.missing import draw_missed
from gallery.takeaway import TakeAway, snippet
from models import object_detection as od
from models._images import Pixels

__all__ = ["BOXES", "draw_own", "draw_regions"]

BOXES = 40  # drawn to begin with
SHAPES, APART = 9, 16  # of windows that would have to be tried at every place


def draw_regions(case: Case) -> TakeAway:
    """Segments, joined into regions, boxed."""
    words, knobs = case.words, case.knobs
    left, right = st.columns(2)
    with left:
        coarseness = controls.number(knobs.coarseness, od.propose)
    with right:
        limit = controls.number(knobs.limit, od.propose, default=BOXES)
    found = answer(od.propose, case.photo, coarseness=coarseness, limit=limit)
    picture = _outlined(case, found.boxes)
    left, right = st.columns(2)
    with left:
        segments = _tinted(found.segments)
        show.picture(segments, words.segments(count=found.count), words.segments_alt)
    with right:
        show.picture(picture, words.regions(count=len(found.boxes)), case.described)
    draw_missed(case, found.boxes)
    draw_costs(
        case,
        [
            Cost(words.cost_propose, 0, found.milliseconds),
            Cost(words.cost_regions, len(found.boxes)),
        ],
        words.saved_regions(regions=len(found.boxes), windows=_everywhere(case.photo.size)),
    )
    return TakeAway(
        "region_proposals",
        snippet(od.propose, case.photo, coarseness=coarseness, limit=limit),
        picture=picture,
        table={
            str(words.number): list(range(1, len(found.boxes) + 1)),
            **_columns(case, found.boxes),
        },
        data={"segments": found.count, "boxes": found.boxes, "levels": found.levels},
    )


def draw_own(case: Case) -> TakeAway:
    """Proposals of the network itself, where it has a first stage."""
    words, knobs = case.words, case.knobs
    offered = [od.MODELS[0], *(spec for spec in od.MODELS if spec.name.startswith("faster"))]
    spec = controls.model(offered)
    raw = case.ask(spec)
    limit = controls.number(knobs.limit, od.propose, default=BOXES)
    proposals = raw.proposals
    if proposals is None:
        st.info(words.own_none(model=spec.title), icon=":material/info:")
        boxes, scores = raw.boxes[:limit], raw.scores[:limit]
        total = raw.grid.objectness.size if raw.grid is not None else len(raw.boxes)
        caption = words.own_grid(shown=len(boxes), count=len(raw.boxes), total=total)
    else:
        boxes, scores = proposals.boxes[:limit], proposals.scores[:limit]
        caption = words.own_stages(
            shown=len(boxes),
            anchors=proposals.anchors,
            considered=proposals.considered,
            iou=proposals.iou,
            count=len(proposals.boxes),
        )
    picture = _outlined(case, boxes)
    show.picture(picture, caption, case.described)
    draw_missed(case, boxes)
    before = answer(od.propose, case.photo, limit=BOXES).milliseconds
    costs = [Cost(words.cost_propose, 0, before)]
    if proposals is not None:
        costs.append(Cost(spec.title, 1, asked(case.photo, spec).milliseconds))
    draw_costs(case, costs, words.saved_own if proposals is not None else words.saved_grid)
    return TakeAway(
        "network_proposals",
        snippet(od.raw, case.photo, model=spec.name),
        picture=picture,
        table={str(words.score): scores.round(4).tolist(), **_columns(case, boxes)},
        data={"boxes": boxes, "scores": scores},
        spec=spec,
    )


def _everywhere(size: tuple[int, int]) -> int:
    """Windows of nine shapes at every sixteenth pixel, as Faster R-CNN has its anchors."""
    return SHAPES * (size[0] // APART) * (size[1] // APART)


def _outlined(case: Case, boxes: NDArray[np.float64]) -> Pixels:
    """The photo with boxes of no class; those named first on top."""
    outlines = [
        figures.Outline(box, case.colour(place)) for place, box in enumerate(boxes.tolist())
    ]
    return figures.boxed(case.photo.pixels, outlines[::-1])


def _tinted(segments: NDArray[np.int32]) -> Pixels:
    """Each segment in a colour of its own, which means nothing."""
    count = int(segments.max()) + 1
    colours = np.random.default_rng(7).integers(40, 236, (count, 3))
    tinted: Pixels = colours[segments].astype(np.uint8)
    return tinted


def _columns(case: Case, boxes: NDArray[np.float64]) -> dict[str, list[Any]]:
    words = case.words
    return {
        words.left: boxes[:, 0].round(1).tolist(),
        words.top: boxes[:, 1].round(1).tolist(),
        words.width: (boxes[:, 2] - boxes[:, 0]).round(1).tolist(),
        words.height: (boxes[:, 3] - boxes[:, 1]).round(1).tolist(),
    }
