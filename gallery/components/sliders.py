"""Sliders whose pictures are there before the hand moves: one large picture, a slider a way."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from gallery import address, figures
from gallery.components import parts
from gallery.components.hand import heard, sent
from gallery.components.tiles import sheet_columns, sheet_url
from gallery.demos import Text, Words
from gallery.frame import current
from models._images import Pixels

__all__ = ["Slider", "draw_sliders", "moved"]

WORDS = ("label", "hint", "reset")
NOWHERE: tuple[float, ...] = ()  # no slider was moved
HTML = """
<div class="host"><div class="steer">
  <figure><canvas role="img"></canvas><figcaption aria-live="polite"></figcaption></figure>
  <div class="ways" role="group"></div>
  <div class="foot"><button type="button"></button><span></span></div>
</div></div>
"""

CSS, SCRIPT = parts("hand", "sliders")
_component = st.components.v2.component("gallery_sliders", html=HTML, css=CSS, js=SCRIPT)


@dataclass(frozen=True, eq=False)
class Slider:
    """One way to move, from the place where all other sliders stand."""

    title: str
    told: Sequence[str]  # what is known of it, in short pieces
    frames: Sequence[Pixels]  # one a stop, uint8 (height, width, 3)
    captions: Sequence[str]  # one a stop


def moved(name: str, count: int, stops: Sequence[float]) -> tuple[float, ...]:
    """Where the sliders stand, from the address.

    Args:
        name: Their name in the address.
        count: How many there are.
        stops: Where one may stand, ascending; the one nearest to 0 is where each begins.
    """
    page = current().demo.name
    widget = address.settle(page, name, NOWHERE, lambda raw: _parse(raw, stops))
    stand: tuple[float, ...] = (*st.session_state[widget], *[0.0] * count)[:count]
    trimmed = stand if any(stand) else NOWHERE
    address.hold(page, name, NOWHERE, trimmed, _write)
    return stand


def draw_sliders(
    name: str,
    sliders: Sequence[Slider],
    stops: Sequence[float],
    stand: Sequence[float],
    alt: str,
    words: Words[Text],
) -> None:
    """Draw the picture and the sliders; where they are left becomes part of the address.

    Args:
        name: Their name in the address, as in ``moved``.
        sliders: One a way.
        stops: Where each may stand, ascending.
        stand: Where each stands.
        alt: What the picture shows.
        words: The page's words; those named ``steer_...`` are used.
    """
    page, count = current().demo.name, len(sliders)
    widget = address.settle(page, name, NOWHERE, lambda raw: _parse(raw, stops))
    height, width = sliders[0].frames[0].shape[:2]
    data: dict[str, Any] = {
        "alt": alt,
        "height": height,
        "width": width,
        "stops": [figures.minus(f"{stop:g}") for stop in stops],
        "stand": [_nearest(stops, each) for each in stand],
        "rest": _nearest(stops, 0.0),
        "ways": [_way(one) for one in sliders],
        "words": {each: words[f"steer_{each}"] for each in WORDS},
    }
    stamp = hashlib.blake2b(json.dumps(data).encode(), digest_size=8).hexdigest()
    _component(
        data=data | {"stamp": stamp, "heard": heard(f"{widget}-sliders")},
        key=f"{widget}-sliders",
        on_stand_change=lambda: _take(widget, count, stops),
    )


def _way(slider: Slider) -> dict[str, Any]:
    return {
        "title": slider.title,
        "told": list(slider.told),
        "sheet": sheet_url(slider.frames),
        "columns": sheet_columns(len(slider.frames)),
        "captions": list(slider.captions),
    }


def _nearest(stops: Sequence[float], value: float) -> int:
    return min(range(len(stops)), key=lambda place: abs(stops[place] - value))


def _parse(raw: str, stops: Sequence[float]) -> tuple[float, ...] | None:
    """Amounts with commas between them, each brought to the nearest stop."""
    try:
        amounts = [float(part) for part in raw.split(",")]
    except ValueError:
        return None
    if len(amounts) > 32 or not all(stops[0] <= amount <= stops[-1] for amount in amounts):
        return None
    return tuple(stops[_nearest(stops, amount)] for amount in amounts)


def _write(stand: tuple[float, ...]) -> str:
    return ",".join(f"{each:g}" for each in stand)


def _take(widget: str, count: int, stops: Sequence[float]) -> None:
    stand = sent(f"{widget}-sliders", "stand")
    if not isinstance(stand, list) or len(stand) != count:
        return
    if all(type(place) is int and 0 <= place < len(stops) for place in stand):
        st.session_state[widget] = tuple(stops[place] for place in stand)
