"""Edge detectors at a threshold that follows the hand: what is true, false and missed."""

import hashlib
from collections.abc import Mapping

import numpy as np
import streamlit as st

from gallery.components.pixel import STYLE, markup, photo_url, script
from gallery.demos import Text, Words
from gallery.frame import current
from models._edges_contest import Comparison

__all__ = ["pixel_outcomes"]

OWN_STYLE = """
.run { display: flex; flex-wrap: wrap; gap: 0.75rem; align-items: center; }
.run input { flex: 1 1 10rem; min-width: 8rem; height: 1.6rem;
  accent-color: var(--st-primary-color); }
.run output { flex: 0 0 auto; min-width: 13rem; font-size: 0.9rem; }
.run button { min-width: 6rem; }
.panels { display: grid; gap: 0.9rem; grid-template-columns: repeat(2, 1fr); }
@container (min-width: 600px) { .panels { grid-template-columns: repeat(3, 1fr); } }
figure { margin: 0; line-height: 1.3; }
figure canvas { width: 100%; image-rendering: pixelated; border-radius: 0.35rem; display: block; }
figcaption { font-size: 0.82rem; padding-top: 0.3rem; }
figcaption b { display: block; }
"""

_component = st.components.v2.component(
    "gallery_pixel_outcomes",
    html=markup("pixel_outcomes"),
    css=STYLE + OWN_STYLE,
    js=script("pixel_outcomes"),
)


def pixel_outcomes(
    compared: Comparison, names: Mapping[str, str], words: Words[Text], key: str
) -> None:
    """Draw the picture and each detector's edges, with a slider for the threshold.

    Args:
        compared: All detectors on one picture.
        names: Code of a detector -> its name.
        words: The page's words: ``contested``, ``contest_colours``, ``slope_unit``.
        key: Its widget key.
    """
    labels = current().shared.labels
    scores = [curve.f_score for curve in compared.curves]
    detectors = [
        {
            "name": names[curve.detector],
            # One film a detector: its maps under each other, the code of the outcome as the level.
            "outcomes": photo_url(curve.outcomes.reshape(-1, curve.outcomes.shape[2])),
            "scores": np.stack([curve.precision, curve.recall, curve.f_score], axis=1).tolist(),
        }
        for curve in compared.curves
    ]
    _component(
        data={
            "photo": photo_url(compared.photo),
            "detectors": detectors,
            "thresholds": compared.thresholds.tolist(),
            "start": int(np.min(scores, axis=0).argmax()),
            "stamp": hashlib.blake2b(compared.photo.tobytes(), digest_size=8).hexdigest(),
            "words": {
                "picture": words.contested,
                "colours": words.contest_colours,
                "threshold": words.slope_unit,
                "play": labels.play,
                "pause": labels.pause,
            },
        },
        key=key,
    )
