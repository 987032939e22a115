"""The grid opened: objectness, anchors, and one cell's raw numbers on their way to a box."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from gallery import controls, figures, show
from gallery.components.cell_grid import Awaited, Lattice, Responsible, open_cell
from gallery.detection.case import Case
from gallery.detection.hearing import marked
from gallery.detection.truths import true_boxes
from gallery.takeaway import TakeAway
from models import object_detection as od

__all__ = ["draw_grid"]

CLASSES_SHOWN = 6
Place = tuple[int, int, int]


def draw_grid(case: Case) -> TakeAway:
    """The grid, the opened cell in numbers, and what its classes say."""
    words, knobs = case.words, case.knobs
    spec = od.MODELS[0]  # the one whose grid can be opened
    score = controls.number(knobs.score, od.detect)
    raw = case.ask(spec)
    grid = raw.grid
    if grid is None:
        raise TypeError(f"{spec.name} has no grid")
    kept = od.select(raw.boxes, raw.scores, raw.labels, score)
    lattice = Lattice(
        grid.cell,
        grid.anchors * grid.scale,
        grid.boxes,
        grid.objectness,
        grid.classes[grid.shares.argmax(axis=-1)],
        grid.shares.max(axis=-1),
    )
    found = [
        Responsible(
            tuple(raw.boxes[row].tolist()),
            int(raw.labels[row]),
            float(raw.scores[row]),
            _place(raw.cells[row]),
        )
        for row in kept.candidates
    ]
    at = open_cell(
        "at",
        case.photo.pixels,
        lattice,
        found,
        _awaited(case, grid),
        case.names([*grid.classes, *raw.labels]),
        words,
        case.described,
    )
    row, column, anchor = at
    with show.cards(words.grid_numbers(row=row, column=column, anchor=anchor + 1)):
        decoded = _draw_decoding(case, grid, at)
    left, right = st.columns(2)
    with left:
        _draw_classes(case, grid, at)
    with right:
        table = _anchors(case, grid, at)
        st.markdown(f"**{words.anchors_title}**")
        show.table(table)
    width, height = (round(float(side), 3) for side in grid.anchors[anchor])
    numbers = [round(float(each), 5) for each in grid.numbers[at][:5]]
    return TakeAway(
        "grid_cell",
        case.code(
            spec,
            f"numbers = found.grid.numbers[{row}, {column}, {anchor}]",
            f"answer = object_detection.decode(numbers, row={row}, column={column}, "
            f"anchor_width={width}, anchor_height={height}, scale=found.grid.scale)",
        ),
        picture=figures.coloured(grid.objectness.max(axis=-1), limit=1.0),
        table=table,
        data={"row": row, "column": column, "anchor": anchor, "raw": numbers, "decoded": decoded},
        spec=spec,
    )


def _awaited(case: Case, grid: od.Grid) -> list[Awaited]:
    """The objects drawn on a sample that the network knows, each with the cell it is centred in."""
    wide, high = case.photo.size
    known = set(grid.classes.tolist())
    awaited = []
    for each in marked(true_boxes(case.photo.sample) or ()):
        if each.label not in known:
            continue
        left, top, right, bottom = map(float, each.box)
        due = od.responsible(each.box, high, wide)
        place = due.row, due.column, due.anchor
        overlap = float(due.overlaps[due.anchor])
        awaited.append(Awaited((left, top, right, bottom), each.label, place, overlap))
    return awaited


def _place(cell: Sequence[int]) -> Place:
    row, column, anchor = (int(part) for part in cell)
    return row, column, anchor


def _draw_decoding(case: Case, grid: od.Grid, at: Place) -> od.Decoded:
    """The formula with the numbers of this cell put in."""
    row, column, anchor = at
    wide, high = (float(side) for side in grid.anchors[anchor])
    numbers = grid.numbers[at]
    done = od.decode(
        numbers, row=row, column=column, anchor_width=wide, anchor_height=high,
        stride=grid.stride, scale=grid.scale,
    )  # fmt: skip
    tx, ty, tw, th, to = (_signed(each) for each in numbers[:5])
    stride = grid.stride
    share = float(grid.shares[at].max())
    lines = (  # each on its own, so that a narrow window may break it
        rf"x=\big(2\sigma({tx})-\tfrac12+{column}\big)\cdot{stride}={done.centre[0]:.1f}",
        rf"y=\big(2\sigma({ty})-\tfrac12+{row}\big)\cdot{stride}={done.centre[1]:.1f}",
        rf"w={wide:.1f}\,e^{{{tw}}}={done.size[0]:.1f}",
        rf"h={high:.1f}\,e^{{{th}}}={done.size[1]:.1f}",
        rf"\sigma({to})={done.objectness:.3f}",
        rf"{done.objectness:.3f}\cdot{share:.3f}={done.objectness * share:.3f}",
    )
    st.markdown("  \n".join(f"${line}$" for line in lines))
    box = done.box_in_photo
    st.markdown(
        case.words.grid_decoded(
            width=round(case.photo.size[0] / grid.scale),
            height=round(case.photo.size[1] / grid.scale),
            scale=grid.scale,
            left=box[0],
            upper=box[1],
            right=box[2],
            lower=box[3],
        )
    )
    return done


def _signed(value: Any) -> str:
    """A number for a formula; zero has no sign."""
    return f"{float(value) + 0.0:.2f}"


def _draw_classes(case: Case, grid: od.Grid, at: Place) -> None:
    """The likeliest classes of the opened cell and anchor."""
    words = case.words
    shares = grid.shares[at]
    best = np.argsort(-shares)[:CLASSES_SHOWN]
    drawn = figures.bars(
        [case.name(int(grid.classes[each])) for each in best],
        shares[best].tolist(),
        words.grid_classes,
        words.grid_classes_alt,
        x=words.probability,
        name=words["class"],
        form=".3f",
        top=1.0,
    )
    show.drawing(drawn)


def _anchors(case: Case, grid: od.Grid, at: Place) -> Mapping[str, Sequence[Any]]:
    """Every anchor with what the opened cell says about it."""
    words = case.words
    row, column, _ = at
    sides = grid.anchors.round(1)
    best = grid.shares[row, column].argmax(axis=-1)
    return {
        words.anchor: list(range(1, len(sides) + 1)),
        words.width: sides[:, 0].tolist(),
        words.height: sides[:, 1].tolist(),
        words.objectness: grid.objectness[row, column].round(4).tolist(),
        words["class"]: [case.name(int(grid.classes[each])) for each in best],
        words.score: (grid.objectness[row, column] * grid.shares[row, column].max(axis=-1))
        .round(4)
        .tolist(),
    }
