"""Is attention an explanation: three ways of reading it, put to the same test."""

from typing import Any

import numpy as np
import streamlit as st

from gallery import figures, show
from gallery.answers import answer
from gallery.attention.asked import Asked, ask
from gallery.attention.case import Case
from gallery.passage import plain
from gallery.patience import Long, follow
from gallery.takeaway import TakeAway, snippet
from models import attention_heatmaps as att
from models._attention_deletion import deletion_effort, deletion_so_far

__all__ = ["draw_explain"]

SEEDS, FEWER = 20, 8  # random orders; of a large network fewer
DELETION: Long[att.Deletion] = (att.deletion_test, deletion_so_far, deletion_effort)
SURE = 0.9  # of them beaten: better than chance


def draw_explain(case: Case) -> TakeAway | None:
    """What each way points at, and how fast the prediction falls when that is taken away."""
    words, asked = case.words, ask(case)
    seeds = SEEDS if case.spec.is_embedded else FEWER
    found = follow(
        DELETION,
        words.trying,
        lambda known: _draw_curves(case, known),
        asked.text,
        seeds=seeds,
        **asked.settings,
    )
    if found is None:
        return None
    explained = found.explanation
    first = explained.answer.candidates[0]
    said = plain(first.shown)
    st.markdown(asked.say(case, first))
    labels = list(explained.labels)
    shares = np.stack([getattr(explained, method) for method in att.METHODS])
    ways = [str(words[f"way_{method}"]) for method in att.METHODS]
    drawn = figures.named_grid(
        shares,
        ways,
        labels,
        words.shares_title(word=said),
        words.shares_alt(word=first.shown),
        x=words.token,
        y=words.way,
        value=words.share,
        form=".0%",
    )
    show.drawing(drawn)
    st.markdown(_point(case, found))
    _draw_reach(case, asked, explained)
    _draw_curves(case, found)
    if found.is_whole:
        st.markdown(_verdict(case, found))
    table: dict[str, list[Any]] = {words.token: labels}
    table |= {words[f"way_{method}"]: getattr(explained, method) for method in att.METHODS}
    drawing = figures.attention_svg(ways, labels, shares, words.token, words.way)
    return TakeAway(
        "attention_explained",
        snippet(att.deletion_test, asked.text, seeds=seeds, **asked.settings),
        picture=figures.attention_picture(list(att.METHODS), labels, shares),
        table=table,
        data=found,
        files={"attention_explained.svg": drawing},
        spec=case.spec,
    )


def _draw_reach(case: Case, asked: Asked, explained: att.Explanation) -> None:
    """How far the predicted place has looked after each layer, if attention carried everything."""
    words, place = case.words, explained.answer.place
    rolled = answer(att.rollout, answer(att.attend, asked.text, **asked.plain))
    rows = rolled.values[:, place]
    drawn = figures.named_grid(
        rows,
        [str(layer) for layer in range(len(rows))],
        list(rolled.labels),
        words.reach_title,
        words.reach_alt,
        x=words.token,
        y=words.layer,
        value=words.share,
        form=".0%",
    )
    show.drawing(drawn)


def _draw_curves(case: Case, found: att.Deletion) -> None:
    """How the prediction falls; while it is being tried, as far as that is known."""
    words, word = case.words, found.explanation.answer.candidates[0].shown
    drawn = figures.lines(
        (100 * found.fractions).tolist(),
        _curves(case, found),
        words.deletion_title(word=plain(word)),
        words.deletion_alt(word=word),
        x=words.deleted,
        y=words.probability,
    )
    show.drawing(drawn)


def _curves(case: Case, found: att.Deletion) -> dict[str, list[float]]:
    words = case.words
    curves = {
        words.curve(name=words[f"way_{method}"], area=found.areas[method]): found.curves[
            method
        ].tolist()
        for method in att.METHODS
    }
    chance = words.curve(name=words.by_chance, area=float(found.random_areas.mean()))
    return {**curves, chance: found.random.mean(0).tolist()}


def _point(case: Case, found: att.Deletion) -> str:
    """What each way points at most, special tokens among them."""
    words, explained = case.words, found.explanation
    tops = {}
    for method in att.METHODS:
        shares = getattr(explained, method)
        best = int(shares.argmax())
        tops[method] = f"“{plain(explained.labels[best])}” {100 * shares[best]:.0f} %"
    return words.points(**tops)


def _verdict(case: Case, found: att.Deletion) -> str:
    """Which way found what was used, and whether raw attention beats chance."""
    words, chance = case.words, found.random_areas
    best = words.best(
        name=words[f"way_{found.best}"],
        area=found.areas[found.best],
        chance=float(chance.mean()),
    )
    beaten = int((chance > found.areas["raw"]).sum())
    said = words.raw_better if beaten >= SURE * len(chance) else words.raw_no_better
    return f"{best} {said(count=beaten, total=len(chance))}"
