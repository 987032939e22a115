"""Two to four styles at the corners of a pad, and what lies between them."""

import streamlit as st

from gallery.answers import answer
from gallery.components.blend_pad import choose_blend
from gallery.styles.case import PREVIEW, STYLE_KEYS, Case
from gallery.styles.history import draw_strip, keep
from gallery.styles.numbers import draw_numbers
from gallery.takeaway import TakeAway, snippet
from models import style_transfer as styles

__all__ = ["draw_blending"]

NONE = "none"
CORNERS = ("great_wave", "composition", "stained_glass", "woodcut")  # to begin with
PAD_SIDE = 192  # pixels of the pictures under the hand


def draw_blending(case: Case) -> TakeAway:
    """The pad, and the blend where the hand let go."""
    words, knobs = case.words, case.knobs
    corners = _choose_corners(case)
    colours = case.choose_colours()
    with st.spinner(words.pad_making):
        pad = answer(styles.blend_pad, case.photo, corners, side=PAD_SIDE, **colours)
    chosen = choose_blend(knobs.at, pad.weights)
    weights = {key: share for key, share in zip(corners, chosen.shares, strict=True) if share > 0}
    made = answer(styles.stylise_blend, case.photo, weights, side=PREVIEW, **colours)
    named = " + ".join(f"{share:.0%} {case.name(key)}" for key, share in weights.items())
    faces = [(case.name(key), case.faces[key]) for key in corners]
    chosen.draw(pad.pictures, made.pixels, faces, words.pad_hint, words.pad_alt)
    st.caption(words.blended(name=named))
    table = draw_numbers(case, made.pixels, list(weights))
    keep(case, "blend", case.names(weights), made.pixels)
    draw_strip(case)
    return TakeAway(
        "style_blend",
        snippet(styles.stylise_blend, case.photo, weights=weights, **colours, side=PREVIEW),
        picture=made.pixels,
        table=table,
        data={"weights": weights, **colours},
        spec=styles.MODELS[0],
    )


def _choose_corners(case: Case) -> list[str]:
    """Two to four different styles; the last two corners may be empty."""
    knobs = case.knobs
    words = (knobs.corner_1, knobs.corner_2, knobs.corner_3, knobs.corner_4)
    chosen: list[str] = []
    for place, (column, each) in enumerate(zip(st.columns(4), words, strict=True)):
        left = [key for key in STYLE_KEYS if key not in chosen]
        options = left if place < 2 else [NONE, *left]
        default = CORNERS[place] if CORNERS[place] in options else options[0]
        with column:
            key = case.list_styles(each, options, default)
        if key != NONE:
            chosen.append(key)
    return chosen
