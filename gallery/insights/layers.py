"""What the network answers, its architecture and its filters."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from gallery import figures, show
from gallery.answers import answer
from gallery.components.layer_strip import choose_layer
from gallery.components.tiles import choose_tile
from gallery.insights.case import Case
from gallery.takeaway import TakeAway, snippet
from models import cnn_visualization as cnn

__all__ = ["draw_answer", "draw_architecture", "draw_filters"]

MOST = 64  # filters, or slices of one, shown at once


def draw_answer(case: Case) -> cnn.Classification:
    """What the network is shown, and its five likeliest answers."""
    words, found = case.words, case.said
    side = found.sight.pixels.shape[0]
    left, right = st.columns([2, 3])
    with left:
        show.picture(found.sight.pixels, words.seen(side=side), words.seen_alt(side=side))
    with right:
        drawn = figures.guesses(
            [getattr(one, case.page.language) for one in found.guesses],
            [one.probability for one in found.guesses],
            words.top_title,
            words.top_alt,
            x=words.probability,
            name=words.class_,
        )
        show.drawing(drawn)
    return found


def draw_architecture(case: Case, found: cnn.Classification) -> TakeAway:
    """The strip of layers, one of them in words, and all of them in numbers."""
    words, knobs, rows = case.words, case.knobs, case.rows
    st.markdown(f"**{words.strip_title}**")
    layer = choose_layer(knobs.layer, rows, [row.name for row in rows], rows[0].name)
    row = next(one for one in rows if one.name == layer)
    sentence = words.layer_line(
        name=row.name,
        kind=knobs.layer.option(row.kind),
        shape=_times(row.shape),
        parameters=row.parameters,
        share=row.parameters / sum(one.parameters for one in rows),
        milliseconds=row.milliseconds,
        time_share=row.milliseconds / sum(one.milliseconds for one in rows),
        field=row.receptive_field or words.everything,
    )
    st.markdown(sentence)
    table = _table(case, rows)
    show.table(table)
    return TakeAway(
        "cnn_answer",
        snippet(cnn.classify, case.photo, model=case.model),
        picture=found.sight.pixels,
        table=table,
        data=found.guesses,
        spec=case.spec,
    )


def draw_filters(case: Case) -> TakeAway:
    """The filters of a convolution, one of them slice by slice, one slice in numbers."""
    words, rows = case.words, case.rows
    allowed = [row.name for row in rows if row.kind == "convolution"]
    layer = choose_layer(case.knobs.filter_layer, rows, allowed, allowed[0])
    found = answer(cnn.filters, case.model, layer=layer)
    count, depth, height, width = found.values.shape
    st.markdown(words.filters_are(count=count, depth=depth, height=height, width=width))
    shown = list(range(min(count, MOST)))
    whole = found.values[shown] if found.is_colour else found.values[shown, 0]
    tiles = figures.filter_tiles(whole, is_colour=found.is_colour)
    chosen = choose_tile("filter", words.filter, tiles, [str(one) for one in shown], shown, 56)
    st.markdown(f"**{words.filter_title(number=chosen)}**")
    channel = _choose_slice(case, found, chosen)
    name = words.rgb.split()[channel] if found.is_colour else str(channel)
    title = words.slice_title(number=chosen, channel=name)
    limit = float(abs(found.values[chosen]).max())
    show.drawing(
        figures.cells(found.values[chosen, channel], title, words.filters_alt, limit=limit)
    )
    return TakeAway(
        "cnn_filters",
        snippet(cnn.filters, model=case.model, layer=layer),
        picture=figures.sheet(tiles, 8, 4),
        data={"layer": layer, "filter": chosen, "values": found.values[chosen]},
        spec=case.spec,
    )


def _choose_slice(case: Case, found: cnn.Filters, chosen: int) -> int:
    depth = found.values.shape[1]
    if depth == 1:
        return 0
    numbers = list(range(min(depth, MOST)))
    captions = case.words.rgb.split() if found.is_colour else [str(one) for one in numbers]
    tiles = figures.filter_tiles(found.values[chosen, numbers], is_colour=False)
    return choose_tile("slice", case.words.slice, tiles, captions, numbers, 56)


def _table(case: Case, rows: Sequence[cnn.LayerRow]) -> Mapping[str, Sequence[Any]]:
    words, knobs = case.words, case.knobs
    return {
        knobs.layer.label: [row.name for row in rows],
        words.kind: [knobs.layer.option(row.kind) for row in rows],
        words.shape: [_times(row.shape) for row in rows],
        words.parameters: [row.parameters for row in rows],
        words.milliseconds: [round(row.milliseconds, 3) for row in rows],
        words.field: [row.receptive_field for row in rows],
    }


def _times(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))
