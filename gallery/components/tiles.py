"""Small pictures to choose one from: pointer, touch and keyboard."""

import base64
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar, cast

import numpy as np
import streamlit as st
from PIL import Image

from gallery import address, figures
from gallery.frame import current
from models._images import Pixels

__all__ = ["choose_tile"]

C = TypeVar("C", int, str)

STYLE = """
.tiles { display: grid; gap: 8px;
  grid-template-columns: repeat(auto-fill, minmax(min(var(--tile), 21%), 1fr));
  font-family: var(--st-font); padding: 2px; align-items: start; }
.tiles button { all: unset; box-sizing: border-box; cursor: pointer; border-radius: 6px;
  border: 2px solid transparent; padding: 3px; text-align: center; min-width: 0; }
.tiles button:hover { border-color: var(--st-border-color); }
.tiles button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 1px; }
.tiles button[aria-pressed="true"] { border-color: var(--st-primary-color); }
.tiles .face { width: 100%; aspect-ratio: 1; background-repeat: no-repeat;
  image-rendering: pixelated; border-radius: 4px; }
.tiles .name { font-size: 12px; line-height: 1.3; color: var(--st-text-color);
  font-variant-numeric: tabular-nums; overflow: hidden; text-overflow: ellipsis;
  white-space: pre-line; }
"""
SCRIPT = Path(__file__).with_suffix(".js").read_text("utf-8")

_component = st.components.v2.component(
    "gallery_tiles", html='<div class="tiles" role="group"></div>', css=STYLE, js=SCRIPT
)


def choose_tile(
    name: str,
    label: str,
    tiles: Sequence[Pixels],
    captions: Sequence[str],
    numbers: Sequence[C],
    width: int = 72,
    default: C | None = None,
) -> C:
    """Draw the pictures; the chosen one is part of the address.

    Args:
        name: Its name in the address.
        label: What is chosen here.
        tiles: Pictures of one size, (side, side, 3).
        captions: What stands under each.
        numbers: What each stands for, a number or a code.
        width: Least width of a tile in pixels.
        default: The one chosen to begin with, the first where not given.

    Returns:
        The number of the chosen picture.
    """
    page = current().demo.name
    allowed = {str(number): number for number in numbers}
    first = numbers[0] if default is None else default
    widget = address.settle(page, name, first, allowed.get)
    if st.session_state[widget] not in numbers:
        st.session_state[widget] = first
    chosen = cast("C", st.session_state[widget])
    _component(
        data={
            "label": label,
            "sheet": _sheet(tiles),
            "columns": _columns(len(tiles)),
            "rows": -(-len(tiles) // _columns(len(tiles))),
            "captions": list(captions),
            "numbers": list(numbers),
            "chosen": chosen,
            "width": width,
        },
        key=f"{widget}-tiles",
        on_number_change=lambda: _take(widget, allowed),
    )
    return address.hold(page, name, first, chosen)


def _take(widget: str, allowed: dict[str, C]) -> None:
    sent = allowed.get(str(st.session_state[f"{widget}-tiles"].get("number")))
    if sent is not None:
        st.session_state[widget] = sent


def _columns(count: int) -> int:
    return max(1, int(np.ceil(np.sqrt(count))))


def _sheet(tiles: Sequence[Pixels]) -> str:
    """All pictures as one, row by row."""
    target = io.BytesIO()
    Image.fromarray(figures.sheet(tiles, _columns(len(tiles)))).save(target, "PNG")
    return "data:image/png;base64," + base64.b64encode(target.getvalue()).decode("ascii")
