"""How far a result is from the photo's content and from a picture's style, as numbers."""

from collections.abc import Mapping, Sequence

import streamlit as st

from gallery.answers import answer
from gallery.photo import Photo, open_sample, samples
from gallery.styles.case import Case
from gallery.styles.inquiries import MEASURED, far_from_painting
from gallery.words import sentence
from models import style_transfer as styles
from models._errors import InputError
from models._images import Pixels

__all__ = ["draw_numbers"]


def draw_numbers(
    case: Case,
    made: Pixels,
    keys: Sequence[str] = (),
    picture: Photo | None = None,
    across: int | None = None,
) -> Mapping[str, list[str | float]]:
    """Draw what a result has kept and taken on.

    Args:
        case: The page.
        made: The result.
        keys: Styles whose own pictures it is measured against: a sample, or the Gram matrices.
        picture: A picture of the visitor's choice that it is measured against.
        across: How many numbers stand side by side, all of them by default.

    Returns:
        The numbers as a table to take away; an empty one where the photo is too small or too
        narrow for the loss network, though it could be painted. That is said.
    """
    try:
        return _draw(case, made, keys, picture, across)
    except InputError as error:
        st.caption(f":material/info: {sentence(error, case.page.language)}")
        return {}


def _draw(
    case: Case, made: Pixels, keys: Sequence[str], picture: Photo | None, across: int | None
) -> Mapping[str, list[str | float]]:
    words = case.words
    content = answer(styles.content_distance, made, case.photo, side=MEASURED)
    found = {case.name(key): _far(made, key) for key in keys}
    if picture is not None:
        far = answer(styles.style_distance, made, picture, side=MEASURED)
        found[case.pictured(picture)] = far.relative
    count = 1 + len(found)
    columns = st.columns(across or count)
    places = [columns[place % len(columns)].container() for place in range(count)]
    with places[0]:
        st.metric(words.content_moved, f"{content.relative:.3f}", help=words.content_help)
    for place, (name, value) in zip(places[1:], found.items(), strict=False):
        with place:
            st.metric(words.style_far, f"{value:.3f}", help=words.style_help)
            st.caption(name)
    return {
        words.distance: [words.content_moved, *(f"{words.style_far}: {name}" for name in found)],
        words.relative: [content.relative, *found.values()],
    }


def _far(made: Pixels, key: str) -> float:
    if f"style_{key}" in samples("style"):
        picture = open_sample(f"style_{key}")
        return answer(styles.style_distance, made, picture, side=MEASURED).relative
    return answer(far_from_painting, made, key)
