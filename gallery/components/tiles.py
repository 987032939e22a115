"""Small pictures to choose one from: pointer, touch and keyboard."""

from collections.abc import Sequence
from typing import TypeVar, cast

import numpy as np
import streamlit as st

from gallery import address, figures
from gallery.components import parts
from gallery.frame import current
from models._images import Pixels

__all__ = ["choose_tile", "choose_tiles", "open_tile", "sheet_columns", "sheet_url"]

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
SCRIPT = parts("tiles")[1]

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
        data=_data(label, tiles, captions, numbers, chosen, width),
        key=f"{widget}-tiles",
        on_number_change=lambda: _take(widget, allowed),
    )
    return address.hold(page, name, first, chosen)


def open_tile(name: str, number: int | str) -> None:
    """Choose a picture for the visitor, before ``choose_tile`` of that name draws it."""
    widget = address.settle(current().demo.name, name, number, lambda _: None)
    st.session_state[widget] = number


def choose_tiles(
    name: str,
    label: str,
    tiles: Sequence[Pixels],
    captions: Sequence[str],
    numbers: Sequence[int],
    default: tuple[int, ...],
    least: int,
    width: int = 72,
) -> tuple[int, ...]:
    """Draw the pictures to choose several from; see ``choose_tile``.

    Args:
        name: Its name in the address.
        label: What is chosen here.
        tiles: Pictures of one size, (side, side, 3).
        captions: What stands under each.
        numbers: What each stands for.
        default: Those chosen to begin with.
        least: How many stay chosen whatever is pressed.
        width: Least width of a tile in pixels.

    Returns:
        The numbers of the chosen pictures, in the order in which they were pressed.
    """
    page = current().demo.name
    widget = address.settle(page, name, default, lambda raw: _several(raw, least))
    kept = tuple(number for number in st.session_state[widget] if number in numbers)
    chosen = kept if len(kept) >= least else default
    places = {number: place for place, number in enumerate(chosen, start=1)}
    marked = [
        f"{caption} ({places[number]})" if number in places else caption
        for number, caption in zip(numbers, captions, strict=True)
    ]
    _component(
        data=_data(label, tiles, marked, numbers, list(chosen), width),
        key=f"{widget}-tiles",
        on_number_change=lambda: _turn(widget, set(numbers), chosen, least),
    )
    return address.hold(page, name, default, chosen, lambda those: ",".join(map(str, those)))


def _data(
    label: str,
    tiles: Sequence[Pixels],
    captions: Sequence[str],
    numbers: Sequence[C],
    chosen: C | list[int],
    width: int,
) -> dict[str, object]:
    columns = sheet_columns(len(tiles))
    return {
        "label": label,
        "sheet": sheet_url(tiles),
        "columns": columns,
        "rows": -(-len(tiles) // columns),
        "captions": list(captions),
        "numbers": list(numbers),
        "chosen": chosen,
        "width": width,
    }


def _several(raw: str, least: int) -> tuple[int, ...] | None:
    parts = raw.split(",")
    known = all(part.isascii() and part.isdecimal() and len(part) <= 10 for part in parts)
    several = tuple(dict.fromkeys(map(int, parts))) if known else ()
    return several if len(several) >= least else None


def _turn(widget: str, allowed: set[int], chosen: tuple[int, ...], least: int) -> None:
    sent = st.session_state[f"{widget}-tiles"].get("number")
    if sent not in allowed:
        return
    rest = tuple(number for number in chosen if number != sent)
    if sent not in chosen:
        st.session_state[widget] = (*chosen, sent)
    elif len(rest) >= least:
        st.session_state[widget] = rest


def _take(widget: str, allowed: dict[str, C]) -> None:
    sent = allowed.get(str(st.session_state[f"{widget}-tiles"].get("number")))
    if sent is not None:
        st.session_state[widget] = sent


def sheet_columns(count: int) -> int:
    """How many pictures stand in a row of the sheet that holds that many."""
    return max(1, int(np.ceil(np.sqrt(count))))


def sheet_url(tiles: Sequence[Pixels]) -> str:
    """All pictures as one, row by row, as a data URL."""
    return figures.png_url(figures.sheet(tiles, sheet_columns(len(tiles))))
