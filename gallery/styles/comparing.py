"""Every result between two wishes: near to the photo's content, near to a picture's style."""

from collections.abc import Sequence

import streamlit as st

from gallery import address, figures, show
from gallery.answers import answer
from gallery.components.tiles import choose_tile
from gallery.components.wiper import wipe
from gallery.photo import Photo
from gallery.styles.case import OPENING, STYLE_KEYS, Case
from gallery.styles.history import MOST, Result, results
from gallery.styles.inquiries import MEASURED, measured, strengths
from gallery.takeaway import TakeAway, Written, opening_photo, snippet
from models import style_transfer as styles

__all__ = ["draw_comparison"]


def draw_comparison(case: Case) -> TakeAway:
    """Ready-made results and the session's own, as points; one of them opened."""
    words, knobs = case.words, case.knobs
    picture = case.choose_picture()
    style = case.list_styles(knobs.style, STYLE_KEYS, OPENING)
    with st.spinner(words.measuring):
        standings = _ready(case, picture, style)
        own = results(case)
        standings += [_standing(case, each, picture) for each in own]
    drawn = figures.standings(
        standings,
        words.standings_title,
        words.standings_alt,
        x=words.content_moved,
        y=f"{words.style_far}: {case.pictured(picture)}",
        name=words.result,
        joined=[words.by_strength(name=case.name(style))],
    )
    show.drawing(drawn)
    with show.cards(words.history_title):
        opened = _choose(case, own)
        if opened is not None:
            _open(case, opened, picture)
    shown = answer(styles.stylise, case.photo, style, side=384).pixels
    return TakeAway(
        "style_comparison",
        _code(case.photo, picture, style),
        picture=shown if opened is None else opened.pixels,
        table=drawn.table,
        spec=styles.LOSS_NETWORKS[0].spec,
    )


def _code(photo: Photo, picture: Photo, style: str) -> str:
    """Python that measures the end of the dotted line: one style at full strength."""
    made = (
        *opening_photo(photo, "photo"),
        f"made = style_transfer.stylise(photo, {style!r}, side={MEASURED}).pixels",
        f"print(style_transfer.content_distance(made, photo, side={MEASURED}))",
    )
    aim = Written("picture", tuple(opening_photo(picture, "picture")))
    return snippet(styles.style_distance, Written("made", made), aim, side=MEASURED)


def _ready(case: Case, picture: Photo, style: str) -> list[figures.Standing]:
    """Every style at full strength, and one of them at growing strength."""
    words = case.words
    found = answer(measured, case.photo, picture)
    ready = [
        figures.Standing(case.name(key), words.fast_styles, *pair)
        for key, pair in zip(STYLE_KEYS, found, strict=True)
    ]
    group = words.by_strength(name=case.name(style))
    grown = answer(strengths, case.photo, picture, style)
    ready += [
        figures.Standing(words.at_strength(value=value), group, content, far)
        for value, content, far in grown
    ]
    return ready


def _standing(case: Case, made: Result, picture: Photo) -> figures.Standing:
    content = answer(styles.content_distance, made.pixels, case.photo, side=MEASURED).relative
    style = answer(styles.style_distance, made.pixels, picture, side=MEASURED).relative
    return figures.Standing(made.title(case), case.words.own_results, content, style)


def _choose(case: Case, own: Sequence[Result]) -> Result | None:
    """One of the session's results; none is in the address, for it would be gone."""
    words = case.words
    st.caption(words.history_lead(count=len(own), most=MOST))
    if not own:
        return None
    faces = [figures.face(each.pixels, 128) for each in own]
    places = list(range(len(own)))
    titles = [each.title(case) for each in own]
    return own[choose_tile("result", words.result, faces, titles, places, 96)]


def _open(case: Case, opened: Result, picture: Photo) -> None:
    """A result beside the photo, layer by layer, and the way back to its settings."""
    words = case.words
    wipe(case.photo.pixels, opened.pixels, (words.photo, opened.title(case)), words.wiper_hint, "r")
    content = answer(styles.content_distance, opened.pixels, case.photo, side=MEASURED)
    style = answer(styles.style_distance, opened.pixels, picture, side=MEASURED)
    both = ((words.term_content, content), (words.term_style, style))
    parts = [(f"{kind} {each.layer}", each) for kind, found in both for each in found.layers]
    show.drawing(
        figures.moves(
            [name for name, _ in parts],
            {words.relative: [each.relative for _, each in parts]},
            words.by_layer,
            words.by_layer_alt,
            x=words.relative,
            name=words.layer,
        )
    )
    if st.button(words.again, icon=":material/tune:", key="style-again"):
        address.follow(opened.query)
        st.rerun()
