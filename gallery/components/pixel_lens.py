"""A photo as numbers: the values under the pointer and around it."""

from typing import Literal

import streamlit as st

from gallery.components.pixel import STYLE, markup, photo_url, script
from gallery.demos import Text, Words
from gallery.photo import Photo

__all__ = ["Shown", "pixel_lens"]

Shown = Literal["colour", "grey", "red", "green", "blue"]
WORDS = ("photo", "lens", "hint", "values")

OWN_STYLE = """
.cells { gap: 1px; --cell: clamp(1.5rem, calc((100cqw - 5rem) / 20), 2.4rem); }
.cells span { font-size: calc(var(--cell) * 0.4); }
.triple { --cell: clamp(3rem, calc((100cqw - 5rem) / 11), 4.4rem); }
.triple span { white-space: pre; line-height: 1.25; text-align: right;
  font-size: calc(var(--cell) * 0.2); }
"""

_component = st.components.v2.component(
    "gallery_pixel_lens", html=markup("pixel_lens"), css=STYLE + OWN_STYLE, js=script("pixel_lens")
)


def pixel_lens(photo: Photo, channel: Shown, words: Words[Text], key: str) -> None:
    """Draw the photo and a table of the numbers under the pointer.

    Args:
        photo: What to read.
        channel: Which numbers of it.
        words: The page's words; those named ``lens_...`` are used.
        key: Its widget key.
    """
    _component(
        data={
            "photo": photo_url(photo),
            "channel": channel,
            "words": {name: words[f"lens_{name}"] for name in WORDS},
        },
        key=key,
    )
