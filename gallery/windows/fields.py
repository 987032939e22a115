"""The receptive field of a layer on a photo, theoretical beside effective."""

from typing import Any

import streamlit as st

from gallery import controls, figures, show
from gallery.answers import answer
from gallery.page import Page
from gallery.photo import Photo
from gallery.takeaway import TakeAway, snippet
from gallery.windows.stacks import each
from models.networks import tiny_vgg
from models.padding_stride import (
    EffectiveField,
    LayerReport,
    effective_receptive_field,
    field_layers,
)

__all__ = ["ask", "compare", "draw", "take"]


def ask(page: Page) -> dict[str, Any]:
    """Which layer, which position of it, and which weights."""
    names = [row.layer.name for row in field_layers()]
    layer = controls.choice(page.controls.layer, names, default="pool3")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        given = {
            "layer": layer,
            "down": controls.number(page.controls.down, effective_receptive_field),
            "across": controls.number(page.controls.across, effective_receptive_field),
        }
        given["weights"] = controls.choice(
            page.controls.trained, effective_receptive_field, parameter="weights"
        )
    return given


def draw(page: Page, found: EffectiveField) -> None:
    """The fields of all layers on the photo, and what really matters beside them."""
    words = page.words
    rows = field_layers()
    boxes = {row.layer.name: _box_of(row, found) for row in rows}
    title = words.theoretical_title(layer=found.layer, side=found.receptive_field)
    alt = words.theoretical_alt(layer=found.layer, side=found.receptive_field)
    share = round(found.effective_side)
    soft = words.effective_title(layer=found.layer, side=share)
    soft_alt = words.effective_alt(layer=found.layer, side=share)
    show.side_by_side(
        lambda: show.drawing(
            figures.field_on_photo(found.photo, None, boxes, found.layer, title, alt), key="theory"
        ),
        lambda: show.drawing(
            figures.field_on_photo(
                found.photo, found.values, {found.layer: found.box}, found.layer, soft, soft_alt
            ),
            key="effect",
        ),
    )
    with st.container(horizontal=True):
        st.metric(words.field_theory, f"{found.receptive_field} px", help=words.field_theory_help)
        st.metric(
            words.field_effect, f"{found.effective_side:.0f} px", help=words.field_effect_help
        )
        st.metric(words.field_half, f"{found.half_energy_side} px", help=words.field_half_help)
    show.table(
        {
            words.column_name: [row.layer.name for row in rows],
            words.column_field: [each(row.receptive_field) for row in rows],
            words.column_jump: [each(row.jump) for row in rows],
            words.column_start: [each(row.start) for row in rows],
        }
    )


def compare(page: Page, photo: Photo, given: dict[str, Any]) -> None:
    """The fields of all layers as curves, theoretical beside effective; a second of work."""
    if not controls.switch(page.controls.compare):
        return
    words, rows = page.words, field_layers()
    found = [
        answer(effective_receptive_field, photo, **given | {"layer": row.layer.name})
        for row in rows
    ]
    curves: dict[str, list[float]] = {
        words.field_theory: [field.receptive_field for field in found],
        words.field_effect: [field.effective_side for field in found],
        words.field_half: [field.half_energy_side for field in found],
    }
    drawn = figures.lines(
        list(range(1, len(rows) + 1)),
        curves,
        words.compare_title,
        words.compare_alt,
        x=words.compare_x,
        y=words.compare_y,
    )
    show.drawing(drawn, key="compare")


def take(found: EffectiveField, photo: Photo, given: dict[str, Any]) -> TakeAway:
    """The tinted photo, the numbers and the network."""
    data = {
        "layer": found.layer,
        "position": found.position,
        "box": found.box,
        "receptive_field": found.receptive_field,
        "effective_side": found.effective_side,
        "half_energy_side": found.half_energy_side,
        "values": found.values,
    }
    picture = figures.field_picture(found.photo, found.values)
    code = snippet(effective_receptive_field, photo, **given)
    return TakeAway("receptive_field", code, picture, data=data, spec=tiny_vgg.SPEC)


def _box_of(row: LayerReport, found: EffectiveField) -> tuple[float, float, float, float]:
    """The field of the position of this layer that lies nearest to the one looked at."""
    middle = ((found.box[0] + found.box[2]) / 2, (found.box[1] + found.box[3]) / 2)
    centres = [
        start + jump * round((where - start) / jump)
        for where, start, jump in zip(middle, row.starts, row.jumps, strict=True)
    ]
    half = [side / 2 for side in row.fields]
    return (centres[0] - half[0], centres[1] - half[1], centres[0] + half[0], centres[1] + half[1])
