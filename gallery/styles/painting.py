"""A style in one pass: chosen by hand, mixed by hand, and once more in full size."""

from typing import Any

import streamlit as st

from gallery import controls, show
from gallery.answers import answer
from gallery.components.wiper import wipe_with_strength
from gallery.styles.case import OPENING, PREVIEW, Case
from gallery.styles.history import draw_strip, keep
from gallery.styles.inquiries import laid, resized, sized, tile_count
from gallery.styles.numbers import draw_numbers
from gallery.takeaway import TakeAway, png_bytes, snippet
from models import style_transfer as styles
from models._images import Pixels

__all__ = ["draw_painting"]

SIZES = ("own", "1024", "1536", "2048")  # pixels of the longer side
LARGEST = 2048
SHOWN = 1024  # pixels of the longer side on the page


def draw_painting(case: Case) -> TakeAway:
    """The photo in a style, its strength under the hand."""
    words, knobs = case.words, case.knobs
    style = case.choose_style(knobs.style, OPENING)
    colours = case.choose_colours()
    full = answer(styles.stylise, case.photo, style, side=PREVIEW, **colours)
    before = answer(styles.stylise, case.photo, style, strength=0.0, side=PREVIEW)
    strength = wipe_with_strength(
        before.pixels,
        full.pixels,
        (words.photo, case.name(style)),
        words.wiper_hint,
        knobs.strength,
        1.0,
    )
    st.caption(case.credit(style))
    made = answer(styles.stylise, case.photo, style, strength=strength, side=PREVIEW, **colours)
    table = draw_numbers(case, made.pixels, [style])
    keep(case, "fast", case.names([style]), made.pixels)
    draw_strip(case)
    settings = {"strength": strength, **colours}
    large = _draw_large(case, style, settings)
    return TakeAway(
        f"style_{style}",
        snippet(styles.stylise, case.photo, style=style, **settings, side=PREVIEW),
        picture=made.pixels,
        table=table,
        data={"style": style, **settings},
        files={} if large is None else {f"style_{style}_large.png": lambda: png_bytes(large)},
        spec=styles.MODELS[0],
    )


def _draw_large(case: Case, style: str, settings: dict[str, Any]) -> Pixels | None:
    """The same in full size, tile by tile; the whole once it is there."""
    words = case.words
    with show.cards(words.large_title):
        size = controls.choice(case.knobs.size, SIZES)
        photo = case.finest(LARGEST)
        side = max(photo.shape[:2]) if size == SIZES[0] else int(size)
        height, width = sized(photo.shape[:2], side)
        tiles = tile_count(height, width)
        st.caption(words.large_size(width=width, height=height, tiles=tiles))
        finished: list[styles.Tile] = show.watch(
            "large",
            (case.photo.digest, style, tuple(settings.items()), side),
            words.large_stage,
            lambda: styles.stylise_tiles(resized(photo, side), {style: 1.0}, **settings),
            tiles,
            lambda done: show.picture(
                laid(done, SHOWN), words.large_caption(name=case.name(style)), words.large_title
            ),
        )
    return finished[-1].whole if finished else None
