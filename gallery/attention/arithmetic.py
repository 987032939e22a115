"""One weight taken apart: query, key, product, scale, mask, and the softmax over its row."""

from typing import Any

import numpy as np
import streamlit as st

from gallery import figures, show
from gallery.answers import answer
from gallery.attention.case import Case, code_of
from gallery.attention.view import draw_view, map_files
from gallery.passage import plain
from gallery.takeaway import TakeAway, snippet
from models import attention_heatmaps as att

__all__ = ["draw_cell"]

LEAST, BARS = 4, 12  # tokens of the row shown as bars, the most looked at


def draw_cell(case: Case) -> TakeAway:
    """Choose a cell on the map; below it every number that leads to its weight."""
    words, head = case.words, case.choose_head()
    case.say_cut()
    view = draw_view(case, head, parts="map")
    query, key = view.cell
    place: dict[str, int] = {"layer": head[0], "head": head[1], "query": query, "key": key}
    found = answer(att.cell, case.attention, **place)
    labels = case.attention.labels
    names = {"query": plain(labels[query]), "key": plain(labels[key])}
    st.markdown(f"#### {words.cell_title(head=code_of(head), **names)}")
    st.markdown(words.cell_first(width=len(found.terms), **names))
    drawn = figures.dot_product(
        found.query_vector,
        found.key_vector,
        words.product_title(**names),
        words.product_alt(**names),
        x=words.dimension,
        names=(words.q, words.k, words.qk),
        running=words.running,
    )
    show.drawing(drawn)
    st.markdown(_formulas(case, found))
    table = _row(case, found)
    _draw_row(case, found, names["query"])
    with st.expander(words.row_table, icon=":material/table_rows:"):
        show.table(table)
    return TakeAway(
        "attention_cell",
        snippet(att.cell, case.text, **place, **case.settings),
        picture=figures.attention_picture(view.row_names, view.column_names, view.shown),
        table=table,
        data=found,
        files=map_files(case, view),
        spec=case.spec,
    )


def _formulas(case: Case, found: att.Cell) -> str:
    """The formulas with the numbers of this cell put in."""
    words, key = case.words, found.key
    if not found.visible[key]:
        return words.masked
    scores = found.scores[found.visible]
    return words.formulas(
        product=found.product,
        width=len(found.terms),
        score=float(found.scores[key]),
        largest=float(scores.max()),
        power=float(found.exponentials[key]),
        total=found.total,
        weight=found.weight,
        count=int(found.visible.sum()),
    )


def _draw_row(case: Case, found: att.Cell, query: str) -> None:
    """The softmax over the row as bars, the opened cell standing out."""
    words, labels = case.words, case.attention.labels
    seen = max(LEAST, int((found.weights > 5e-4).sum()))
    order = np.argsort(-found.weights, kind="stable")[: min(BARS, seen)].tolist()
    if found.key not in order:
        order[-1] = found.key
    drawn = figures.bars(
        [f"{place} · {labels[place]}" for place in order],
        [float(found.weights[place]) for place in order],
        words.row_title(query=query),
        words.row_alt(query=query),
        x=words.weight,
        name=words.view_keys,
        form=".1%",
        highlight=[order.index(found.key)],
    )
    show.drawing(drawn)


def _row(case: Case, found: att.Cell) -> dict[str, list[Any]]:
    words, labels = case.words, case.attention.labels
    return {
        "#": list(range(len(labels))),
        words.view_keys: list(labels),
        words.product: [round(float(one), 4) for one in found.products],
        words.score: [round(float(one), 4) for one in found.scores],
        words.mask_added: ["0" if seen else "−∞" for seen in found.visible],
        words.power: [round(float(one), 4) for one in found.exponentials],
        words.weight: [round(float(one), 4) for one in found.weights],
    }
