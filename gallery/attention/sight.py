"""What a vision transformer looks at: a photo as patches, its heads, and all layers rolled out."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from gallery import controls, figures, show
from gallery.answers import answer
from gallery.attention.case import code_of, head_of
from gallery.components.tiles import choose_tile
from gallery.page import Page
from gallery.photo import Photo
from gallery.takeaway import TakeAway, snippet
from gallery.words import sentence
from models import attention_heatmaps as att
from models._errors import WeightsError
from models._images import Pixels

__all__ = ["draw_photo"]

SAMPLES = ("cat", "astronaut", "coffee", "rocket", "temple", "flower")
Maps = NDArray[np.float32]
GAP = 3  # pixels between patches


def draw_photo(page: Page) -> TakeAway:
    """The photo as a sequence of patches; on demand what the network looks at in it."""
    words = page.words
    photo = controls.photo(sample="cat", offered=SAMPLES)
    cut = answer(att.patches, photo)
    rows, columns = cut.tiles.shape[:2]
    tiles = [tile for line in cut.tiles for tile in line]
    sheet = figures.sheet(tiles, columns, GAP)
    left, right = st.columns(2)
    with left:
        show.picture(cut.pixels, words.squeezed(side=cut.pixels.shape[0]), words.squeezed_alt)
    with right:
        count = rows * columns
        show.picture(sheet, words.patches(count=count, side=cut.patch), words.patches_alt)
    st.markdown(words.sequence(count=count, numbers=cut.numbers, tokens=count + 1))
    spec = att.PHOTO_MODELS[0]
    plain = TakeAway("attention_photo", snippet(att.patches, photo), picture=sheet)
    asked = controls.switch(page.controls.vit)
    if not asked:
        st.info(
            words.vit_needs(model=spec.title, size=spec.size_bytes / 1e6),
            icon=":material/cloud_download:",
        )
        return plain
    try:
        with st.spinner(words.fetching):
            found = answer(att.attend_photo, photo)
    except WeightsError as error:
        said = sentence(error, page.language)
        st.info(f"{said} {words.vit_rest}", icon=":material/cloud_off:")
        return plain
    return _draw_found(page, photo, found)


def _draw_found(page: Page, photo: Photo, found: att.PhotoAttention) -> TakeAway:
    words = page.words
    drawn = figures.guesses(
        [getattr(one, page.language) for one in found.guesses],
        [one.probability for one in found.guesses],
        words.guesses_title,
        words.guesses_alt,
        x=words.probability,
        name=words.class_,
    )
    show.drawing(drawn)
    layers, heads = found.weights.shape[:2]
    codes = [code_of((layer, head)) for layer in range(layers) for head in range(heads)]
    tiles = [_tile(found, *head_of(code)) for code in codes]
    st.markdown(f"**{words.photo_heads(layers=layers, heads=heads)}**")
    code = choose_tile("photo_head", words.head, tiles, codes, codes, 56, code_of((layers - 1, 0)))
    layer, head = head_of(code)
    left, right = st.columns(2)
    with left:
        title = words.photo_head(head=code, itself=100 * found.itself[layer, head])
        _draw_map(page, found, found.weights[layer, head], title)
    with right:
        _draw_map(page, found, found.rollout[-1], words.photo_rollout)
    return TakeAway(
        "attention_photo",
        snippet(att.attend_photo, photo),
        picture=figures.sheet(tiles, heads, 4),
        table={
            words.class_: [getattr(one, page.language) for one in found.guesses],
            words.probability: [one.probability for one in found.guesses],
        },
        data={"head": code, "weights": found.weights[layer, head], "rollout": found.rollout[-1]},
        spec=att.PHOTO_MODELS[0],
    )


def _draw_map(page: Page, found: att.PhotoAttention, values: Maps, title: str) -> None:
    labels = page.frame.shared.labels
    drawn = figures.map_on_photo(
        figures.cut_square(found.pixels, (0, 0, *found.pixels.shape[:2])),
        values,
        title,
        page.words.photo_alt,
        x=labels.column,
        y=labels.row,
        value=page.words.share,
        height=400,
    )
    show.drawing(drawn)


def _tile(found: att.PhotoAttention, layer: int, head: int) -> Pixels:
    values = found.weights[layer, head]
    return figures.map_picture(found.pixels, values / max(float(values.max()), 1e-9), side=112)
