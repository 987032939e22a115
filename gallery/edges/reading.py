"""The photo as numbers, the answer of a kernel, and one pixel's sum."""

from typing import Any

import streamlit as st

from gallery import figures, show
from gallery.answers import answer
from gallery.components.pixel_arithmetic import pixel_arithmetic
from gallery.components.pixel_lens import Shown, pixel_lens
from gallery.page import Page
from gallery.photo import Photo
from gallery.takeaway import TakeAway, snippet
from models._edges_kernels import Weights
from models._edges_rim import Channel
from models._edges_sliding import Border, anchor_of, turned
from models.edge_filters import PhotoNumbers, Presentation, arithmetic, describe, present

__all__ = ["CHANNELS", "draw_numbers", "draw_response", "open_sum"]

TINTS = {"grey": "#888888", "red": "#D55E00", "green": "#009E73", "blue": "#0072B2"}
CHANNELS: tuple[Shown, ...] = ("colour", "grey", "red", "green", "blue")


def draw_numbers(page: Page, photo: Photo, channel: Shown, found: PhotoNumbers) -> TakeAway:
    """The photo under a lens, its shape as a tensor, and how often each level occurs."""
    words, knob = page.words, page.controls.plane
    pixel_lens(photo, channel, words, "lens")
    height, width, depth = found.shape
    st.markdown(words.tensor(height=height, width=width, depth=depth, count=photo.pixels.size))
    names = [knob.option(name) for name in found.channels]
    curves = dict(zip(names, found.histogram.tolist(), strict=True))
    drawn = figures.lines(
        range(256), curves, words.levels_title, words.levels_alt,
        x=words.level, y=words.pixels, height=260,
    )  # fmt: skip
    for line, name in zip(drawn.figure.data, found.channels, strict=True):
        line.line.color = TINTS[name]
    show.drawing(drawn)
    table: dict[str, Any] = {
        words.channel: names,
        words.minimum: found.minimum,
        words.mean: found.mean,
        words.maximum: found.maximum,
    }
    show.table(table)
    return TakeAway("edge_numbers", snippet(describe, photo), photo.pixels, table)


def draw_response(
    page: Page, photo: Photo, weights: Weights, settings: dict[str, Any], shown: Presentation
) -> TakeAway:
    """Photo and answer beside each other, and what the way of showing it hides."""
    words, view = page.words, settings["view"]
    kind = view
    if view == "signed" and shown.keeps_surface:  # shown as a photo is; see figures.pictured
        kind = "clipped" if settings["colour"] else "surface"
    picture = answer(figures.pictured, shown, signed=view == "signed")
    if settings["colour"]:
        show.side_by_side(
            lambda: show.picture(photo.pixels, words.before, words.before),
            lambda: show.picture(picture, words[f"colour_{kind}"], words.response_alt),
        )
    else:
        border, flip = settings["border"], settings["flip"]
        laid, anchor = turned(weights, flip), anchor_of(weights, flip)
        pixel_arithmetic(photo, laid, anchor, border, "grey", words, view, brief=True)
        st.caption(words[f"after_{kind}"](low=shown.low, high=shown.high))
    st.markdown(words[f"hides_{kind}"](negative=shown.negative, above=shown.above))
    drawn = figures.hidden(
        shown.counts, shown.bin_edges, kind, words.answers_title, words.answers_alt,
        x=words.answer_unit, y=words.pixels, note=words[f"note_{kind}"],
    )  # fmt: skip
    show.drawing(drawn)
    code = snippet(present, photo, kernel=weights, **settings)
    data = {"kernel": weights, **settings}
    return TakeAway("edge_response", code, picture, drawn.table, data=data)


def open_sum(
    page: Page, photo: Photo, weights: Weights, flip: bool, border: Border, channel: Channel
) -> TakeAway:
    """The sum under the pointer, and the same once more by the model."""
    words = page.words
    laid, anchor = turned(weights, flip), anchor_of(weights, flip)
    row, column = pixel_arithmetic(photo, laid, anchor, border, channel, words)
    settings: dict[str, Any] = {
        "row": row,
        "column": column,
        "border": border,
        "flip": flip,
        "channel": channel,
    }
    opened = arithmetic(photo.pixels, weights, **settings)
    st.caption(words.sum_checked(row=row, column=column, total=opened.sum))
    code = snippet(arithmetic, photo, kernel=weights, **settings)
    return TakeAway("edge_arithmetic", code, data=opened)
