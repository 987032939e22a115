"""Two boxes under the hand, and how much they are the same."""

import numpy as np
import streamlit as st

from gallery import controls, figures, show
from gallery.answers import answer
from gallery.components.box_pair import Box, box_pair
from gallery.detection.case import Case
from gallery.detection.truths import true_boxes
from gallery.takeaway import TakeAway, snippet
from models import object_detection as od

__all__ = ["draw_overlap"]

SHIFTS = 61  # places that the second box is slid through
FAR = 1.5  # how far, in widths of the two boxes together


def draw_overlap(case: Case) -> TakeAway:
    """The workbench, the same numbers as a table, and both measures while one box slides away."""
    words = case.words
    agreed = controls.number(case.knobs.agreed, od.average_precision, "iou")
    names = (words.pair_true, words.pair_found)
    pair = box_pair(case.photo, _begin(case), names, agreed, words, case.described)
    met = answer(od.meet, pair[0], pair[1])
    table = _table(case, met)
    with st.expander(case.page.frame.shared.labels.table_twin, icon=":material/table_rows:"):
        show.table(table)
    show.drawing(_slide(case, pair))
    outlines = [
        figures.Outline(box, colour, name)
        for box, colour, name in zip(pair, figures.OKABE_ITO, names, strict=False)
    ]
    return TakeAway(
        "box_overlap",
        snippet(od.meet, list(pair[0]), list(pair[1])),
        picture=figures.boxed(case.photo.pixels, outlines),
        table=table,
        data=met,
    )


def _begin(case: Case) -> tuple[Box, Box]:
    """A true box of the photo, else its middle, and beside it one that misses it a little."""
    width, height = case.photo.size
    drawn = true_boxes(case.photo.sample)
    first: Box = (width // 4, height // 4, max(3 * width // 4, 1), max(3 * height // 4, 1))
    if drawn:
        first = drawn[0].box
    across, down = (first[2] - first[0]) // 6, (first[3] - first[1]) // 8
    second = (first[0] + across, first[1] + down, first[2] + across, first[3] + down)
    return first, _within(second, width, height)


def _within(box: Box, width: int, height: int) -> Box:
    left, top = min(box[0], width - 1), min(box[1], height - 1)
    return left, top, max(left + 1, min(box[2], width)), max(top + 1, min(box[3], height))


def _table(case: Case, met: od.Meeting) -> dict[str, list[object]]:
    words = case.words
    rows: list[tuple[str, object]] = [
        (words.pair_row_a, round(met.areas[0])),
        (words.pair_row_b, round(met.areas[1])),
        (words.pair_row_both, round(met.intersection)),
        (words.pair_row_union, round(met.union)),
        (words.pair_row_around, round(met.enclosing_area)),
        ("IoU", round(met.iou, 4)),
        ("GIoU", round(met.giou, 4)),
        ("DIoU", round(met.diou, 4)),
    ]
    return {words.pair_measure: [name for name, _ in rows], words.pair_value: [v for _, v in rows]}


def _slide(case: Case, pair: tuple[Box, Box]) -> figures.Drawing:
    """All three measures while the second box is slid to the left and to the right."""
    words = case.words
    reach = FAR * (pair[0][2] - pair[0][0] + pair[1][2] - pair[1][0]) / 2
    shifts = np.linspace(-reach, reach, SHIFTS)
    slid = np.asarray(pair[1], float) + shifts[:, None] * np.array([1.0, 0.0, 1.0, 0.0])
    measures = {
        "IoU": od.overlap,
        "GIoU": od.generalised_overlap,
        "DIoU": od.distance_overlap,
    }
    first = np.asarray(pair[0], float)
    curves = {name: answer(measure, first, slid)[0].tolist() for name, measure in measures.items()}
    return figures.lines(
        shifts.round(1).tolist(),
        curves,
        words.slide_title,
        words.slide_alt,
        x=words.slide_x,
        y=words.slide_y,
        mark=0.0,
    )
