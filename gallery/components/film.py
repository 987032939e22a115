"""Pictures one after the other, of any proportions, scrubbed by hand or played."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from gallery.components import parts
from gallery.components.webp import packed_url
from gallery.frame import current

__all__ = ["show_film"]

MOST = 49  # pictures that travel to a browser at once
HTML = """
<div class="film">
  <img><p class="told" aria-live="polite"></p>
  <div class="deck"><button type="button"></button><input type="range" min="0" step="1"></div>
</div>
"""

CSS, SCRIPT = parts("film")
_component = st.components.v2.component("gallery_film", html=HTML, css=CSS, js=SCRIPT)


def show_film(
    pictures: Sequence[bytes],
    wide: float,
    captions: Sequence[str],
    alt: str,
    label: str,
    key: str,
) -> None:
    """Draw a film that stands at its last picture; of long ones, some pictures are left out.

    Args:
        pictures: WebP files, all of one size.
        wide: Their width by their height.
        captions: What is said of each.
        alt: What the film shows.
        label: What the slider moves through.
        key: Its widget key.
    """
    labels = current().shared.labels
    kept = np.unique(np.linspace(0, len(pictures) - 1, min(MOST, len(pictures))).round())
    places = [int(place) for place in kept]
    _component(
        data={
            "frames": [packed_url(pictures[place]) for place in places],
            "captions": [captions[place] for place in places],
            "wide": wide,
            "alt": alt,
            "words": {"label": label, "play": labels.play, "pause": labels.pause},
        },
        key=f"{current().demo.name}-{key}-film",
    )
