"""One head as arcs and as a map, and all heads as thumbnails with names."""

from collections import Counter
from typing import Any

import streamlit as st

from gallery import address, controls, figures, show
from gallery.attention.case import Case, code_of, head_of
from gallery.attention.view import draw_view, map_files, map_table
from gallery.components.tiles import choose_tile
from gallery.passage import plain
from gallery.takeaway import TakeAway, snippet
from models import attention_heatmaps as att

__all__ = ["draw_head", "draw_heads"]

FEW, WIDE, NARROW = 8, 86, 56  # heads a layer, pixels of a tile


def draw_head(case: Case) -> TakeAway:
    """One head: where each token looks, as arcs and as a map; one weight in a line."""
    words = case.words
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        head = case.choose_head()
    with right:
        seen = controls.choice(case.knobs.direction, ("looks", "seen")) == "seen"
    case.say_cut()
    view = draw_view(case, head, seen=seen)
    query, key = view.cell
    labels, weight = case.attention.labels, case.attention.weights[*head, query, key]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            words.opened(query=plain(labels[query]), key=plain(labels[key]), weight=100 * weight)
        )
        if st.button(words.open_cell, icon=":material/calculate:"):
            _go_to_cell(f"{query}.{key}", code_of(head))
    table = map_table(case, view)
    with st.expander(case.page.frame.shared.labels.table_twin, icon=":material/table_rows:"):
        show.table(table)
    return TakeAway(
        f"attention_{code_of(head)}",
        snippet(att.attend, case.text, **case.settings),
        picture=figures.attention_picture(view.row_names, view.column_names, view.shown),
        table=table,
        data={"layer": head[0], "head": head[1], "tokens": view.names, "weights": view.weights},
        files=map_files(case, view),
        spec=case.spec,
    )


def draw_heads(case: Case) -> TakeAway:
    """All heads of all layers; the chosen one is opened below."""
    words, attention, names = case.words, case.attention, case.names
    case.say_cut()
    st.markdown(_summary(case))
    by_layer = controls.choice(case.knobs.order, ("role", "layer")) == "layer"
    shown = sorted(names, key=lambda one: (one.layer, one.head)) if by_layer else list(names)
    tiles = [figures.head_tile(attention.weights[one.layer, one.head]) for one in shown]
    codes = [code_of((one.layer, one.head)) for one in shown]
    captions = [f"{code}\n{case.role(one)}" for code, one in zip(codes, shown, strict=True)]
    per_layer = attention.weights.shape[1]
    width = WIDE if per_layer <= FEW else NARROW
    code = choose_tile("head", words.head, tiles, captions, codes, width, case.usual_head)
    st.caption(words.tiles_scale)
    with show.cards(f"{words.head} {case.said(shown[codes.index(code)])}"):
        view = draw_view(case, head_of(code))
    table = _scores(case)
    with st.expander(words.scores_title, icon=":material/table_rows:"):
        show.table(table)
    return TakeAway(
        "attention_heads",
        snippet(att.name_heads, case.text, **case.settings),
        picture=figures.sheet(tiles, per_layer, 4),
        table=table,
        data=names,
        files=map_files(case, view),
        spec=case.spec,
    )


def _go_to_cell(cell: str, head: str) -> None:
    """Open the section with the arithmetic, everything else as it is."""
    query = st.query_params.to_dict()
    address.follow({**query, "section": "cell", "cell": cell, "head": head})
    st.rerun()


def _summary(case: Case) -> str:
    """How many heads do what."""
    counts = Counter(each.name for each in case.names)
    parts = [
        f"{case.words[f'role_{name}']} **{counts[name]}**" for name in att.PATTERNS if counts[name]
    ]
    layers, heads = case.attention.weights.shape[:2]
    return case.words.summary(
        count=layers * heads, layers=layers, heads=heads, list=" · ".join(parts)
    )


def _scores(case: Case) -> dict[str, list[Any]]:
    words, names = case.words, case.names
    table: dict[str, list[Any]] = {
        words.head: [code_of((one.layer, one.head)) for one in names],
        words.role: [words[f"role_{one.name}"] for one in names],
    }
    for name in names[0].scores:
        table[words[f"role_{name}"]] = [round(one.scores[name], 3) for one in names]
    return table
