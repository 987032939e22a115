"""What each layer alone keeps of the photo, and what it alone paints of the style."""

from typing import Any

import streamlit as st

from gallery import controls, figures, show
from gallery.answers import answer
from gallery.photo import Photo
from gallery.styles.case import Case
from gallery.styles.inquiries import REBUILT_SKETCH, Rebuilt, rebuild, rebuilt_sketch
from gallery.takeaway import TakeAway, Written, opening_photo, snippet
from models import style_transfer as styles
from models._images import Pixels
from models.networks.loss_networks import LossNetwork

__all__ = ["draw_layers"]

KINDS = ("content", "style")
STEPS, SIDE = 40, 160  # of the finer pictures, pixels
Found = dict[tuple[str, str], Pixels]


def draw_layers(case: Case) -> TakeAway:
    """Two rows of pictures, a column a layer: a sketch at once, finer ones on demand."""
    words, knobs = case.words, case.knobs
    picture = case.choose_picture()
    network = case.choose_network()
    together = controls.choice(knobs.together, ("alone", "together")) == "together"
    left, right = st.columns(2)
    with left:
        steps = controls.number(knobs.steps, styles.reconstruct_content, default=STEPS)
    with right:
        side = controls.number(knobs.side, styles.reconstruct_content, default=SIDE)
    runs = 2 * len(network.style)
    done: list[Rebuilt] = show.watch(
        "layers",
        (case.photo.digest, picture.digest, network.spec.name, together, steps, side),
        words.rebuilding,
        lambda: rebuild(case.photo.pixels, picture.pixels, network, together, steps, side),
        runs * (steps + 1),
        lambda found: _draw_grid(case, network, _latest(found)),
        preview=True,
    )
    pictures = _latest(done)
    settings: dict[str, Any] = {"steps": steps, "side": side}
    if not pictures and network.spec.is_embedded:
        pictures = _draw_sketches(case, picture, network, together)
        settings = REBUILT_SKETCH
    elif pictures:
        _draw_grid(case, network, pictures)
    return TakeAway(
        "style_layers",
        _code(case.photo, picture, network, together, settings),
        picture=_sheet(network, pictures),
        spec=network.spec,
    )


def _code(
    photo: Photo, picture: Photo, network: LossNetwork, together: bool, settings: dict[str, Any]
) -> str:
    """Python that finds both rows; the last picture of the lower one is its answer."""
    settings = {"model": network.spec.name, **settings}
    *before, last = network.style
    named = ", ".join(f"{name}={value!r}" for name, value in settings.items())
    lines = (
        *opening_photo(photo, "photo"),
        *opening_photo(picture, "picture"),
        "kept, painted = {}, {}",
        f"for layer in {network.style!r}:",
        f"    *_, kept[layer] = style_transfer.reconstruct_content(photo, layer, {named})",
        f"for layer in {tuple(before)!r}:",
        "    *_, painted[layer] = style_transfer.reconstruct_style("
        f"picture, layer, together={together!r}, {named})",
    )
    written = Written("picture", lines)
    return snippet(styles.reconstruct_style, written, layer=last, together=together, **settings)


def _latest(done: list[Rebuilt]) -> Found:
    return {(each.kind, each.layer): each.pixels for each in done if each.pixels is not None}


def _draw_sketches(case: Case, picture: Photo, network: LossNetwork, together: bool) -> Found:
    """Few steps on small pictures; each appears as soon as it is there."""
    found: Found = {}
    places = _places(case, network)
    for key, place in places.items():
        with place, st.spinner(key[1]):
            asked = (*key, network.spec.name, together)
            found[key] = answer(rebuilt_sketch, case.photo, picture, *asked)
            _draw_one(case, key, found[key])
    st.caption(case.words.rebuilt_sketch)
    return found


def _draw_grid(case: Case, network: LossNetwork, found: Found) -> None:
    for key, place in _places(case, network).items():
        if key in found:
            with place:
                _draw_one(case, key, found[key])


def _places(case: Case, network: LossNetwork) -> dict[tuple[str, str], Any]:
    """A place for each picture, under the heading of its row."""
    places: dict[tuple[str, str], Any] = {}
    for kind in KINDS:
        st.markdown(f"**{case.words[f'rebuilt_{kind}']}**")
        for layer, place in zip(network.style, st.columns(len(network.style)), strict=True):
            places[kind, layer] = place
    return places


def _draw_one(case: Case, key: tuple[str, str], pixels: Pixels) -> None:
    kind, layer = key
    show.picture(pixels, layer, case.words[f"rebuilt_{kind}_alt"](layer=layer))


def _sheet(network: LossNetwork, found: Found) -> Pixels | None:
    """Both rows as one picture, once it is complete."""
    keys = [(kind, layer) for kind in KINDS for layer in network.style]
    if not all(key in found for key in keys):
        return None
    faces = [figures.patch_tile(found[key], 192) for key in keys]
    return figures.sheet(faces, len(network.style), 8)
