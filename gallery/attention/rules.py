"""Who may look at whom: the masks of BERT, GPT and translation, and what one does to a head."""

from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from gallery import controls, figures, show
from gallery.answers import answer
from gallery.attention.case import Case, code_of
from gallery.figures import Drawing
from gallery.passage import open_text, plain
from gallery.takeaway import TakeAway, snippet
from gallery.words import sentence
from models import attention_heatmaps as att
from models._errors import GalleryError

__all__ = ["draw_masks"]

PAIR = {"en": "bread", "zh": "zh_bread"}
GPT = "gpt2"


def draw_masks(case: Case) -> TakeAway:
    """Three masks on the visitor's tokens, one of them put on a head, GPT-2 beside it."""
    words = case.words
    case.say_cut()
    rules = answer(att.masks, case.attention)
    _draw_rules(case, rules)
    head = case.choose_head()
    weights = case.attention.weights[head]
    names = _named(list(case.attention.labels))
    kept = np.tril(weights)
    causal = kept / np.maximum(kept.sum(-1, keepdims=True), 1e-12)
    left, right = st.columns(2)
    with left:
        show.drawing(_grid(case, weights, names, words.as_is(head=code_of(head))))
    with right:
        show.drawing(_grid(case, causal, names, words.as_causal(head=code_of(head))))
    st.markdown(words.causal_note(lost=100 * float(np.triu(weights, 1).sum(-1).mean())))
    if controls.switch(case.knobs.gpt):
        _draw_gpt(case)
    table: dict[str, Any] = {words.view_queries: names}
    table |= {
        f"{at} {name}": causal[:, at].tolist() for at, name in enumerate(case.attention.labels)
    }
    axes = (words.view_keys, words.view_queries)
    drawing = figures.attention_svg(names, names, causal, *axes)
    return TakeAway(
        "attention_masks",
        snippet(att.masks, case.text, **case.settings),
        picture=figures.attention_picture(names, names, causal),
        table=table,
        data=rules,
        files={"attention_masks.svg": drawing},
        spec=case.spec,
    )


def _draw_rules(case: Case, rules: att.Masks) -> None:
    """Bidirectional, causal, cross; the last on an example where there is one text only."""
    words, labels = case.words, list(rules.labels)
    places = st.columns(3)
    for place, kind in zip(places, ("bidirectional", "causal"), strict=False):
        with place:
            show.drawing(_mask(case, getattr(rules, kind), labels, labels, kind))
            if rules.used == kind:
                st.caption(f":material/check: {words.used(model=case.spec.title)}")
    with places[2]:
        cross, borrowed = rules.cross, False
        if cross is None:
            key, borrowed = PAIR[case.page.language], True
            pair = {"model": case.model, "pair": open_text(f"{key}/second")}
            lent = answer(att.masks, answer(att.attend, open_text(key), **pair))
            cross, labels = lent.cross, list(lent.labels)
        if cross is not None:
            rows, columns = np.flatnonzero(cross.any(1)), np.flatnonzero(cross.any(0))
            part = cross[np.ix_(rows, columns)]
            names = [[labels[at] for at in side] for side in (rows, columns)]
            show.drawing(_mask(case, part, names[0], names[1], "cross"))
        st.caption(words.cross_borrowed if borrowed else words.cross_own)


def _mask(
    case: Case, allowed: NDArray[np.bool_], rows: list[str], columns: list[str], kind: str
) -> Drawing:
    words = case.words
    return figures.mask_grid(
        allowed,
        rows,
        columns,
        words[f"mask_{kind}"],
        words[f"mask_{kind}_alt"],
        x=words.view_keys,
        y=words.view_queries,
        yes=words.may,
        no=words.may_not,
    )


def _grid(
    case: Case, weights: NDArray[np.float32], names: list[str], title: str, limit: float = 1.0
) -> Drawing:
    words = case.words
    return figures.named_grid(
        weights,
        names,
        names,
        title,
        words.view_map,
        x=words.view_keys,
        y=words.view_queries,
        value=words.weight,
        limit=limit,
        form=".0%",
        square=True,
    )


def _draw_gpt(case: Case) -> None:
    """GPT-2 on the same text, where it can be had; else what it takes."""
    words = case.words
    try:
        with st.spinner(words.fetching):
            other = answer(att.attend, case.text, model=GPT)
    except GalleryError as error:
        st.info(sentence(error, case.page.language), icon=":material/cloud_off:")
        return
    left, right = st.columns(2)
    mine, theirs = (one.weights.mean((0, 1)) for one in (case.attention, other))
    limit = float(max(mine.max(), theirs.max()))
    with left:
        title = words.mean_of(model=case.spec.title)
        show.drawing(_grid(case, mine, _named(list(case.attention.labels)), title, limit))
    with right:
        title = words.mean_of(model="GPT-2")
        show.drawing(_grid(case, theirs, _named(list(other.labels)), title, limit))
    sink = float(other.weights[:, :, 1:, 0].mean())
    st.markdown(words.sink(share=100 * sink, word=plain(other.labels[0])))


def _named(labels: list[str]) -> list[str]:
    return [label or "·" for label in labels]
