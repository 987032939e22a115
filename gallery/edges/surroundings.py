"""What lies around a pixel: beyond the rim, and under a smoothing kernel."""

from collections.abc import Sequence

import streamlit as st

from gallery import figures, show
from gallery.figures import Matrix
from gallery.page import Page
from gallery.photo import Photo
from gallery.takeaway import TakeAway, snippet
from models._edges_kernels import Weights
from models._edges_rim import BorderView
from models._edges_smoothing import Smoothed
from models.edge_filters import (
    EXAMPLE,
    Response,
    compare_borders,
    compare_smoothing,
)

__all__ = ["draw_blur", "draw_borders", "draw_example"]


def draw_example(page: Page, small: Response) -> None:
    """The smallest example: a photo of 6 x 6, a kernel, and the answer."""
    words = page.words
    parts = (("a", EXAMPLE, 10, "∗"), ("b", small.kernel, 1, "="), ("c", small.values, 30, ""))
    row = [
        Matrix(
            table,
            words[f"example_{name}"](height=table.shape[0], width=table.shape[1]),
            limit,
            signed=True,
            sign=sign,
        )
        for name, table, limit, sign in parts
    ]
    show.drawing(figures.matrices([row], words.example_alt))


def draw_borders(
    page: Page, photo: Photo, weights: Weights, flip: bool, views: Sequence[BorderView]
) -> TakeAway:
    """Each rule at the upper left corner, and how strong the answer is at the rim."""
    words, knob = page.words, page.controls.border
    names = [knob.option(view.border) for view in views]
    places = [*st.columns(3), *st.columns(3)]
    answers = figures.rim_answers(views)
    for place, view, name, picture in zip(places, views, names, answers, strict=False):
        alt = words.corner_alt(border=name)
        height, width = view.shape
        sentence = words.corner_valid if view.border == "valid" else words.corner
        text = sentence(height=height, width=width, rim=view.rim, interior=view.interior)
        with place:
            show.drawing(figures.rim(view.corner, view.margin, name, alt))
            show.picture(picture, text, alt)
    rims = [view.rim for view in views[1:]]  # valid has no rim
    drawn = figures.bars(
        [*names[1:], words.interior], [*rims, views[0].interior], words.rim_title, words.rim_alt,
        x=words.rim_unit, name=knob.label, highlight=[len(rims)],
    )  # fmt: skip
    with places[-1]:
        show.drawing(drawn)
    code = snippet(compare_borders, photo, kernel=weights, flip=flip)
    return TakeAway("edge_borders", code, table=drawn.table)


def draw_blur(page: Page, photo: Photo, enlarge: bool, smoothed: Sequence[Smoothed]) -> TakeAway:
    """Boxes and Gaussians in two rows, and what they leave of noise and detail."""
    words, knob = page.words, page.controls.kernel
    names = [knob.option(one.name) for one in smoothed]
    texts = [
        words.blurred(name=name, weight=one.largest_weight, noise=one.noise_gain, detail=one.detail)
        for name, one in zip(names, smoothed, strict=True)
    ]
    pictures = figures.blurred(photo.pixels, smoothed, enlarge)
    before, *after = zip(pictures, [words.before, *texts], strict=True)
    for row in (after[:3], after[3:]):
        for place, (picture, text) in zip(st.columns(4), [before, *row], strict=True):
            with place:
                show.picture(picture, text, text)
    drawn = figures.bars(
        names, [one.noise_gain for one in smoothed], words.blur_title, words.blur_alt,
        x=words.noise_gain, name=knob.label, top=1.0,
    )  # fmt: skip
    show.drawing(drawn)
    table = {
        **drawn.table,
        words.largest_weight: [one.largest_weight for one in smoothed],
        words.spread: [one.spread for one in smoothed],
        words.detail: [one.detail for one in smoothed],
    }
    show.table(table)
    return TakeAway("edge_blur", snippet(compare_smoothing, photo), table=table)
