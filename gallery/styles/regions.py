"""Two styles in two regions of one photo, or one style around a subject that is kept."""

import numpy as np
import streamlit as st

from gallery import controls
from gallery.answers import answer
from gallery.components.brush import Brushed, brush
from gallery.styles.case import OPENING, PREVIEW, STYLE_KEYS, Case
from gallery.styles.history import draw_strip, keep
from gallery.styles.masks import Shape, shape_mask
from gallery.styles.numbers import draw_numbers
from gallery.takeaway import TakeAway, Written, png_bytes, snippet
from models import style_transfer as styles
from models._images import Pixels

__all__ = ["draw_regions"]

PHOTO = "photo"
MASK_FILE = "style_mask.png"


def draw_regions(case: Case) -> TakeAway:
    """The brush, and the painting where the hand let go."""
    words, knobs = case.words, case.knobs
    left, middle, right = st.columns(3)
    with left:
        first = case.list_styles(knobs.first, (PHOTO, *STYLE_KEYS), OPENING)
    with middle:
        second = case.list_styles(knobs.second, (PHOTO, *STYLE_KEYS), PHOTO)
    with right:
        feather = controls.number(knobs.feather, styles.stylise_regions)
    shape: Shape = controls.choice(knobs.shape, ("subject", "oval", "left", "top"))
    colours = case.choose_colours()
    pair = tuple(_painted(case, key, colours) for key in (first, second))
    brushed = brush(
        (pair[0], pair[1]),
        (case.name(first), case.name(second)),
        answer(shape_mask, case.photo, shape),
        feather,
        words,
        "mask",
    )
    settings = {"first": first, "second": second, "feather": feather, **colours, "side": PREVIEW}
    made = answer(styles.stylise_regions, case.photo, brushed.cells.astype(np.float32), **settings)
    share = float(brushed.cells.mean())
    st.caption(words.regioned(first=case.name(first), second=case.name(second), share=share))
    used = [key for key in dict.fromkeys((first, second)) if key != PHOTO]
    table = draw_numbers(case, made.pixels, used)
    keep(case, "regions", case.names(used or [PHOTO]), made.pixels)
    draw_strip(case)
    return TakeAway(
        "style_regions",
        snippet(styles.stylise_regions, case.photo, _written(brushed, shape), **settings),
        picture=made.pixels,
        table=table,
        data={**settings, "mask": brushed.cells.astype(int)},
        files={MASK_FILE: png_bytes(brushed.cells.astype(np.uint8) * 255)},
        spec=styles.MODELS[0],
    )


def _painted(case: Case, key: str, colours: dict[str, object]) -> Pixels:
    """The whole photo in one of the two styles."""
    if key == PHOTO:
        kept = answer(styles.stylise, case.photo, strength=0.0, side=PREVIEW)
        return kept.pixels
    painted = answer(styles.stylise, case.photo, key, side=PREVIEW, **colours)
    return painted.pixels


def _written(brushed: Brushed, shape: Shape) -> Written:
    """How the mask is made again: by its shape, or from the file that was taken away."""
    if not brushed.is_own:
        opening = "from gallery.styles.masks import shape_mask"
        return Written("mask.astype(float)", (opening, f'mask = shape_mask(photo, "{shape}")'))
    return Written(
        "mask",
        (
            "from pathlib import Path",
            "from models._images import read_photo",
            f'mask = read_photo(Path("{MASK_FILE}").read_bytes()).pixels[..., 0] / 255',
        ),
    )
