"""All heads of a network as a board of switches, coloured by what each does to the prediction."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from gallery import address
from gallery.components import parts
from gallery.components.hand import heard, sent
from gallery.demos import Text, Words
from gallery.figures import coloured
from gallery.frame import current
from models._attention_off import heads_off, write_off
from models._errors import InputError

__all__ = ["choose_heads"]

NAME = "off"  # in the address, as the model writes it: 2-1,3
WORDS = ("label", "hint", "head", "layer", "clear", "corner", "all")
STYLE = """
.board { display: grid; gap: 3px; font-family: var(--st-font); color: var(--st-text-color);
  grid-template-columns: auto repeat(var(--heads), minmax(0, 1fr)) minmax(3rem, auto); padding: 3px;
  font-variant-numeric: tabular-nums; max-width: calc(var(--heads) * 5rem + 4rem); }
.board span { font-size: 12px; opacity: 0.75; text-align: center;
  white-space: nowrap; align-self: center; padding-right: 4px; }
.board button { all: unset; box-sizing: border-box; cursor: pointer; border-radius: 4px;
  text-align: center; font-size: clamp(8px, 1.9cqw, 13px); padding: 5px 0; min-height: 30px;
  display: flex; align-items: center; justify-content: center; overflow: hidden; }
.board button.layer { font-weight: 650; padding: 5px 4px; margin-left: 6px; }
.board button:hover { outline: 2px solid var(--st-border-color); }
.board button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 1px; }
.board button[aria-pressed="true"] { text-decoration: line-through; opacity: 0.8;
  border: 1px dashed var(--st-text-color); background: repeating-linear-gradient(45deg,
  transparent 0 5px, var(--st-border-color) 5px 6px); }
.host { container-type: inline-size; }
@container (max-width: 460px) { .board button.head { font-size: 0; } }
.told { min-height: 1.5em; font: 13px/1.5 var(--st-font); color: var(--st-text-color); }
.clear { font: 13px var(--st-font); color: var(--st-text-color); background: transparent;
  cursor: pointer; border: 1px solid var(--st-border-color); padding: 2px 10px;
  border-radius: var(--st-button-radius, 0.5rem); }
.clear[hidden] { display: none; }
"""
HTML = """
<div class="host"><div class="board" role="group"></div>
<p class="told" aria-live="polite"></p><button class="clear" type="button" hidden></button></div>
"""

_component = st.components.v2.component(
    "gallery_head_board",
    html=HTML,
    css=STYLE,
    js=parts("hand", "head_board")[1],
)


def choose_heads(
    changes: NDArray[np.float32], layers: NDArray[np.float32], words: Words[Text]
) -> str:
    """Draw the board; what is switched off is part of the address.

    Args:
        changes: (layers, heads) what happens to the prediction without each; NaN: not tried yet.
        layers: (layers,) without all heads of a layer.
        words: The page's words; those named ``board_...`` are used.

    Returns:
        The heads that are off, as the model reads them; nothing where all are on.
    """
    page = current().demo.name
    shape = changes.shape
    widget = address.settle(page, NAME, "", lambda raw: _parse(raw, shape))
    off = _parse(st.session_state[widget], shape) or ""
    limit = float(max(np.nanmax(np.abs(changes)), 1e-6))
    whole = float(max(np.nanmax(np.abs(layers), initial=0.0), 1e-6))
    _component(
        data={
            "off": [f"{layer}-{head}" for layer, head in heads_off(off, *shape)],
            "heard": heard(f"{widget}-board"),
            "changes": [_known(row) for row in changes],
            "layers": _known(layers),
            "colours": coloured(changes, signed=True, limit=limit).tolist(),
            "layerColours": coloured(layers[:, None], signed=True, limit=whole)[:, 0].tolist(),
            "words": {name: words[f"board_{name}"] for name in WORDS},
        },
        key=f"{widget}-board",
        on_off_change=lambda: _take(widget, shape),
    )
    return address.hold(page, NAME, "", off)


def _known(row: NDArray[np.float32]) -> list[float | None]:
    """The same for a browser: nothing where nothing is known."""
    return [None if np.isnan(each) else float(each) for each in row]


def _take(widget: str, shape: tuple[int, ...]) -> None:
    off = sent(f"{widget}-board", "off")
    if isinstance(off, list | tuple):
        st.session_state[widget] = _parse(",".join(map(str, off)), shape) or ""


def _parse(raw: str, shape: tuple[int, ...]) -> str | None:
    """What is off, written as shortly as it can be; ``None`` where the network has no such head."""
    layers, heads = shape
    try:
        return write_off(heads_off(raw, layers, heads), heads)
    except InputError:
        return None
