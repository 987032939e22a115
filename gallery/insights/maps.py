"""What the layers make of the photo: all channels, one of them opened, three depths."""

import streamlit as st

from gallery import controls, figures, show
from gallery.answers import answer
from gallery.components.layer_strip import choose_layer
from gallery.components.tiles import choose_tile
from gallery.insights.case import Case
from gallery.insights.inquiries import most_exciting
from gallery.photo import credit
from gallery.takeaway import TakeAway, snippet
from models import cnn_visualization as cnn
from models._images import Pixels

__all__ = ["draw_depth", "draw_maps"]

TILES = 32  # channels shown at once, the strongest first
PAIRS = 4  # channels of each depth


def draw_maps(case: Case) -> TakeAway:
    """All channels of a layer, sorted; one of them opened."""
    knobs, usual = case.knobs, _activations(case)
    names = [row.name for row in case.places]
    layer = choose_layer(knobs.map_layer, case.rows, names, usual[len(usual) // 4].name)
    left, right = st.columns(2)
    with left:
        side = controls.number(knobs.side, cnn.feature_maps, default=case.finer)
    with right:
        is_common = controls.choice(knobs.scale, ("own", "common")) == "common"
    found = answer(cnn.feature_maps, case.photo, case.model, layer=layer, side=side)
    channel = _choose_channel(case, found, is_common)
    with show.cards(case.words.channel_title(number=channel)):
        _open_channel(case, found, channel, is_common)
    with show.cards(case.words.exciting_title(number=channel)):
        _draw_exciting(case, layer, channel, side)
    strongest = [float(found.values[one].max()) for one in found.order]
    return TakeAway(
        "cnn_maps",
        snippet(cnn.feature_maps, case.photo, model=case.model, layer=layer, side=side),
        picture=figures.coloured(found.values[channel]),
        table={case.words.channel: found.order.tolist(), case.words.response: strongest},
        spec=case.spec,
    )


def draw_depth(case: Case) -> TakeAway:
    """Three depths side by side, each with its strongest channels and what excites them."""
    usual, side = _activations(case), case.finer
    three = [usual[0], usual[len(usual) // 2], usual[-1]]
    pairs: list[Pixels] = []
    for place, row in zip(st.columns(3), three, strict=True):
        with place, show.cards(row.name):
            pairs += _draw_pairs(case, row, side)
    in_rows = [pairs[depth * PAIRS + line] for line in range(PAIRS) for depth in range(3)]
    return TakeAway(
        "cnn_depth",
        snippet(cnn.feature_maps, case.photo, model=case.model, layer=three[-1].name, side=side),
        picture=figures.sheet(in_rows, 3, 12),
        spec=case.spec,
    )


def _activations(case: Case) -> list[cnn.LayerRow]:
    """The layers after an activation, where a response is a response."""
    return [row for row in case.places if row.kind == "activation"]


def _choose_channel(case: Case, found: cnn.FeatureMaps, is_common: bool) -> int:
    count, height, width = found.values.shape
    has_more = count > TILES and controls.switch(case.knobs.all)
    numbers = [int(number) for number in found.order[: count if has_more else TILES]]
    st.markdown(case.words.maps_are(count=count, shown=len(numbers), height=height, width=width))
    tiles = figures.channel_tiles(found.values, numbers, common=is_common)
    captions = [f"{number}: {found.values[number].max():.2f}" for number in numbers]
    return choose_tile("channel", case.words.channel, tiles, captions, numbers)


def _open_channel(case: Case, found: cnn.FeatureMaps, channel: int, is_common: bool) -> None:
    """One channel enlarged, and what the place of its strongest response can see."""
    words = case.words
    row, column = (int(place) for place in found.peaks[channel])
    top, left, height, width = found.field(row, column)
    enlarged, seen = st.columns(2)
    with enlarged:
        drawn = figures.heatmap(
            found.values[channel],
            words.channel_title(number=channel),
            words.map_alt,
            **case.axes,
            value=words.response,
            signed=bool(found.values.min() < 0),
            limit=float(abs(found.values).max()) if is_common else None,
        )
        show.drawing(drawn)
    with seen:
        square = figures.cut_square(case.photo.pixels, found.sight.box)
        zoom = square.shape[0] / found.sight.pixels.shape[0]
        box = (zoom * top, zoom * left, zoom * (top + height), zoom * (left + width))
        title = words.field_title(field=height)
        drawn = figures.field_on_photo(
            square, None, {found.layer: box}, found.layer, title, words.field_alt
        )
        show.drawing(drawn)
    patch, sentence = st.columns([1, 3])
    with patch:
        show.picture(
            figures.patch_tile(found.patch(channel), 160), words.patch, words.patch_alt, 110
        )
    with sentence:
        value = found.values[channel, row, column]
        st.markdown(words.peak(row=row, column=column, height=height, width=width, value=value))


def _draw_exciting(case: Case, layer: str, channel: int, side: int) -> None:
    language = case.page.language
    found = answer(most_exciting, case.model, layer, channel, side)
    for place, (key, one) in zip(st.columns(len(found)), found, strict=True):
        with place:
            tile = figures.patch_tile(one.patch, 128)
            show.picture(tile, f"{one.value:.2f}", credit(key, language), 96)
    credits = "; ".join(credit(key, language) for key, _ in found)
    st.caption(f"{case.words.exciting_from} {credits}")


def _draw_pairs(case: Case, row: cnn.LayerRow, side: int) -> list[Pixels]:
    words, pairs = case.words, []
    found = answer(cnn.feature_maps, case.photo, case.model, layer=row.name, side=side)
    channels, places = found.values.shape[:2]
    field = row.receptive_field or words.everything
    st.caption(words.depth_line(channels=channels, side=places, field=field))
    for channel in found.order[:PAIRS].tolist():
        tile = figures.channel_tiles(found.values, [channel])[0]
        pair = figures.pair_tiles(tile, figures.patch_tile(found.patch(channel)))
        response = float(found.values[channel].max())
        caption = words.channel_short(number=channel, response=response)
        show.picture(pair, caption, f"{words.map_alt}; {words.patch_alt}")
        pairs.append(pair)
    return pairs
