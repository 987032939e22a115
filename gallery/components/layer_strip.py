"""A network as a strip of its layers, to choose one: pointer, touch and keyboard.

Each layer is a bar: as high as its maps are (on a logarithmic scale), as wide as it has channels.
"""

import math
from collections.abc import Iterable, Sequence

import streamlit as st

from gallery import address, controls
from gallery.components import parts
from gallery.demos import Control
from gallery.figures import OKABE_ITO
from gallery.frame import current
from models.cnn_visualization import LayerRow

__all__ = ["choose_layer"]

STYLE = """
.strip { display: flex; align-items: center; gap: 3px; overflow-x: auto; padding: 6px 2px 10px;
  font-family: var(--st-font); scrollbar-width: thin; }
.strip button { all: unset; box-sizing: border-box; flex: none; cursor: pointer;
  border-radius: 3px; opacity: 0.6; }
.strip button[disabled] { cursor: default; opacity: 0.18; }
.strip button:hover:not([disabled]) { opacity: 1; }
.strip button:focus-visible { outline: 2px solid var(--st-text-color); outline-offset: 1px; }
.strip button[aria-pressed="true"] { opacity: 1; outline: 2px solid var(--st-text-color);
  outline-offset: 2px; }
.told { min-height: 20px; font: 13px var(--st-font); color: var(--st-text-color);
  font-variant-numeric: tabular-nums; }
.key { display: flex; flex-wrap: wrap; gap: 4px 14px; font: 12px var(--st-font);
  color: var(--st-text-color); }
.key i { display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin-right: 5px; }
"""
HTML = '<div class="strip" role="group"></div><div class="told" aria-live="polite"></div>' + (
    '<div class="key"></div>'
)
COLOURS = {
    "convolution": OKABE_ITO[0],
    "linear": OKABE_ITO[5],
    "pooling": OKABE_ITO[1],
    "mean": OKABE_ITO[3],
    "activation": OKABE_ITO[2],
    "add": OKABE_ITO[4],
    "concatenate": OKABE_ITO[4],
    "multiply": OKABE_ITO[4],
}
OTHER = OKABE_ITO[7]

_component = st.components.v2.component(
    "gallery_layer_strip",
    html=HTML,
    css=STYLE,
    js=parts("layer_strip")[1],
)


def choose_layer(
    words: Control, rows: Sequence[LayerRow], allowed: Iterable[str], default: str
) -> str:
    """Draw the strip and, under it, the same choice as a list.

    Args:
        words: The control's words; its options are the names of the kinds of layers.
        rows: All layers, as ``layers`` gives them.
        allowed: Names of those that may be chosen.
        default: The one chosen to begin with.

    Returns:
        The name of the chosen layer.
    """
    names = list(allowed)
    page = current().demo.name
    widget = address.settle(page, words.key, default, {name: name for name in names}.get)
    if st.session_state[widget] not in names:
        st.session_state[widget] = default
    chosen = str(st.session_state[widget])
    kinds = list(dict.fromkeys(row.kind for row in rows))
    _component(
        data={
            "label": words.label,
            "chosen": chosen,
            "layers": [_bar(words, row, row.name in names) for row in rows],
            "key": [[words.option(kind), COLOURS.get(kind, OTHER)] for kind in kinds],
        },
        key=f"{widget}-strip",
        on_layer_change=lambda: _take(widget, names),
    )
    labels = {row.name: _line(words, row) for row in rows if row.name in names}
    listed = Control(words.key, words.label, words.help, labels)
    return controls.choice(listed, names, default)


def _take(widget: str, names: list[str]) -> None:
    sent = st.session_state[f"{widget}-strip"].get("layer")
    if sent in names:
        st.session_state[widget] = sent


def _bar(words: Control, row: LayerRow, enabled: bool) -> dict[str, object]:
    side = row.shape[1] if len(row.shape) == 3 else 1
    return {
        "name": row.name,
        "told": _line(words, row),
        "height": round(14 + 15 * math.log2(max(1, side))),
        "width": round(4 + 2.2 * math.log2(max(1, row.shape[0]))),
        "colour": COLOURS.get(row.kind, OTHER),
        "enabled": enabled,
    }


def _line(words: Control, row: LayerRow) -> str:
    return f"{row.name} · {words.option(row.kind)} · {' × '.join(map(str, row.shape))}"
