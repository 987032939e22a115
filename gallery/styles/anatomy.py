"""What style is: Gram matrices side by side, one cell opened, and pixels in another order."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
import streamlit as st

from gallery import controls, figures, show
from gallery.answers import answer
from gallery.demos import Control
from gallery.photo import Photo
from gallery.styles.case import Case
from gallery.styles.inquiries import SKETCH_SIDE, features, sketch
from gallery.takeaway import TakeAway, snippet
from models import cnn_visualization as cnn
from models import style_transfer as styles
from models._images import Pixels
from models.networks.loss_networks import LossNetwork

__all__ = ["draw_anatomy"]

SKETCH = {"beta": 10_000}  # style counts most
BRIGHT = 99.5  # percentile of all entries that has the strongest colour
BLOCK = 32  # pixels


def draw_anatomy(case: Case) -> TakeAway:
    """The matrices, a cell of them, and the photo shuffled."""
    words, knobs = case.words, case.knobs
    picture = case.choose_picture()
    network = case.choose_network()
    layer = controls.choice(knobs.layer, network.style, network.style[1])
    pictures = _three(case, picture, network)
    grams = {
        name: answer(styles.gram_matrices, each, network.spec.name, side=SKETCH_SIDE)
        for name, each in pictures.items()
    }
    place = network.style.index(layer)
    _draw_grams(case, {name: each[place].values for name, each in grams.items()}, layer)
    _draw_changes(case, grams, network)
    with show.cards(words.cell_title(layer=layer)):
        _open_cell(case, network, layer, grams[words.photo][place].values)
    with show.cards(words.shuffle_title):
        table = _draw_shuffled(case, network)
    return TakeAway(
        "style_gram",
        snippet(styles.gram_matrices, case.photo, model=network.spec.name, side=SKETCH_SIDE),
        picture=figures.coloured(grams[words.photo][place].values),
        table=table,
        data={name: each[place] for name, each in grams.items()},
        spec=network.spec,
    )


def _three(case: Case, picture: Photo, network: LossNetwork) -> dict[str, Photo | Pixels]:
    """The photo, what became of it under the style, and the picture of that style."""
    words = case.words
    three: dict[str, Photo | Pixels] = {words.photo: case.photo}
    if network.spec.is_embedded:
        with st.spinner(words.sketching):
            shots = answer(sketch, case.photo, picture, None, model=network.spec.name, **SKETCH)
        three[words.made] = cast("Pixels", shots[-1].pixels)  # the last one is kept as it is
    return three | {words.style_picture: picture}


def _draw_grams(case: Case, found: Mapping[str, Any], layer: str) -> None:
    """All on one scale."""
    words = case.words
    top = float(np.percentile(np.concatenate([each.ravel() for each in found.values()]), BRIGHT))
    for place, (name, values) in zip(st.columns(len(found)), found.items(), strict=True):
        with place:
            drawn = figures.heatmap(
                values,
                name,
                words.gram_alt(name=name, layer=layer),
                x=words.channel,
                y=words.channel,
                value="G",
                limit=top or 1.0,
                height=280,
            )
            drawn.figure.update_traces(showscale=False)
            show.drawing(drawn, key=f"gram-{name}")
    scale = words.gram_ramp(top=top)
    show.picture(figures.coloured((figures.RAMP + 1) / 2, limit=1.0), scale, scale)


def _draw_changes(
    case: Case, grams: Mapping[str, Sequence[styles.GramMatrix]], network: LossNetwork
) -> None:
    """How far the matrices are from those of the style, before and after."""
    words = case.words
    aim = grams[words.style_picture]
    changes = {
        name: [_apart(one.values, other.values) for one, other in zip(each, aim, strict=True)]
        for name, each in grams.items()
        if name != words.style_picture
    }
    drawn = figures.moves(
        list(network.style),
        changes,
        words.gram_far_title,
        words.gram_far_alt,
        x=words.relative,
        name=words.layer,
    )
    show.drawing(drawn)


def _apart(one: Any, other: Any) -> float:
    return float(np.linalg.norm(one - other) / max(float(np.linalg.norm(other)), 1e-12))


def _open_cell(case: Case, network: LossNetwork, layer: str, values: Any) -> None:
    """Two channels, their product place by place, and its sum: one number of the matrix."""
    words, knobs = case.words, case.knobs
    apart = np.triu(values, 1)
    row, column = np.unravel_index(int(apart.argmax()), apart.shape)
    left, right = st.columns(2)
    most = len(values) - 1
    with left:
        first = _entry(knobs.channel_i, int(row), most)
    with right:
        second = _entry(knobs.channel_j, int(column), most)
    maps = answer(features, case.photo, layer, network.spec.name, SKETCH_SIDE)
    pair = (maps[first], maps[second])
    top = float(max(each.max() for each in pair)) or 1.0
    product = pair[0] * pair[1]
    parts = (
        (pair[0], words.map_of(number=first), top),
        (pair[1], words.map_of(number=second), top),
        (product, words.product_of(first=first, second=second), float(product.max()) or 1.0),
    )
    for place, (each, title, limit) in zip(st.columns(3), parts, strict=True):
        with place:
            show.picture(figures.magnified(each, limit), title, title)
    st.markdown(
        words.cell_sum(
            first=first,
            second=second,
            total=float(product.sum()),
            channels=maps.shape[0],
            height=maps.shape[1],
            width=maps.shape[2],
            value=float(product.sum()) / maps.size,
        )
    )


def _entry(words: Control, default: int, most: int) -> int:
    return controls.entry(words, cnn.maximise, "channel", default=default, most=most)


def _draw_shuffled(case: Case, network: LossNetwork) -> Mapping[str, Sequence[Any]]:
    """The photo in blocks in another order, and how little the matrices notice."""
    words = case.words
    block = controls.number(case.knobs.block, styles.shuffle_pixels, default=BLOCK)
    found = answer(styles.shuffle_pixels, case.photo, block, network.spec.name)
    left, right = st.columns(2)
    with left:
        show.picture(found.before, words.photo, words.photo)
    with right:
        show.picture(found.pixels, words.shuffled(block=block), words.shuffled(block=block))
    names = [
        words.colours_layer if each.layer == "pixels" else f"{each.layer} ({each.field} px)"
        for each in found.layers
    ]
    drawn = figures.moves(
        names,
        {
            words.moved_features: [each.features for each in found.layers],
            words.moved_gram: [each.gram for each in found.layers],
            words.moved_places: [each.gram_of_places for each in found.layers],
        },
        words.moves_title,
        words.moves_alt,
        x=words.relative,
        name=words.layer_field,
    )
    show.drawing(drawn)
    return drawn.table
