"""``same`` as three habits mean it, side by side on one axis."""

from typing import Any, Literal

import streamlit as st

from gallery import controls, figures, show
from gallery.answers import answer
from gallery.page import Page
from gallery.takeaway import TakeAway, snippet
from gallery.windows.sizes import DRAWN, STRIP
from models.padding_stride import same_padding, walk

__all__ = ["ask", "draw"]

CONVENTIONS: tuple[Literal["pytorch", "tensorflow", "half"], ...] = (
    "pytorch",
    "tensorflow",
    "half",
)


def ask(page: Page) -> dict[str, int]:
    """What every convention is asked for."""
    with st.container(horizontal=True):
        return {
            name: controls.entry(page.controls[name], same_padding, default=default, width=136)
            for name, default in (("size", 6), ("kernel", 3), ("stride", 2), ("dilation", 1))
        }


def draw(page: Page, asked: dict[str, int]) -> TakeAway:
    """``same`` as three habits mean it, side by side on one axis."""
    words = page.words
    headings = ("convention", "before", "after", "output", "centre")
    rows: dict[str, list[Any]] = {words[f"same_{each}"]: [] for each in headings}
    plain: dict[str, list[Any]] = {each: [] for each in headings}
    drawings = []
    for convention in CONVENTIONS:
        name = words[f"convention_{convention}"]
        if convention == "pytorch" and asked["stride"] > 1:
            values: tuple[object, ...] = (name, "–", "–", words.same_refused, "–")
            untold: tuple[object, ...] = (convention, "", "", "refused", "")
        else:
            found = same_padding(**asked, convention=convention)
            values = (name, found.before, found.after, found.output, f"{found.centre:g}")
            untold = (convention, *values[1:])
            drawings.append((name, found))
        for column, value in zip(rows.values(), values, strict=True):
            column.append(str(value))
        for column, value in zip(plain.values(), untold, strict=True):
            column.append(value)
    show.table(rows)
    named = {each: words[f"strip_{each}"] for each in STRIP}
    small = max(asked["size"], *(found.output for _, found in drawings)) <= DRAWN
    axis_fits = asked["kernel"] <= 11 and asked["stride"] <= 8 and asked["dilation"] <= 4
    if small and axis_fits and all(max(found.before, found.after) <= 10 for _, found in drawings):
        st.markdown(words.strip_key)
        before = max(found.before for _, found in drawings)
        after = max(found.after for _, found in drawings)
        for name, found in drawings:
            walked = answer(
                walk, dimensions=1, **asked, padding=found.before, padding_after=found.after
            )
            alt = words.strip_alt(name=name, size=asked["size"], output=found.output)
            span = (-before, asked["size"] + after - 1)
            drawn = figures.window_strip(walked, name, alt, named, span)
            show.drawing(drawn, key=f"same-{name}")
    else:
        st.caption(words.too_long_to_draw(limit=DRAWN))
    code = snippet(same_padding, **asked, convention="tensorflow")
    return TakeAway("same", code, figures.table_picture(plain), plain, data=plain)
