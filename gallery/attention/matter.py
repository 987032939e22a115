"""Does a head matter: switch heads and layers off and see the prediction move."""

from typing import Any

import streamlit as st

from gallery import figures, show
from gallery.answers import answer
from gallery.attention.asked import Asked, ask
from gallery.attention.case import Case, code_of
from gallery.components.head_board import choose_heads
from gallery.passage import plain
from gallery.patience import Long, follow
from gallery.takeaway import TakeAway, snippet
from models import attention_heatmaps as att
from models._attention_effect import effects_effort, effects_so_far
from models._images import Pixels

__all__ = ["draw_matter"]

RANKED = 10  # heads in the ranking
EFFECTS: Long[att.Effects] = (att.effect_of_heads, effects_so_far, effects_effort)


def draw_matter(case: Case) -> TakeAway | None:
    """The board of heads to switch, the prediction before and after, the ranking."""
    words, asked = case.words, ask(case)
    effects = follow(
        EFFECTS,
        words.trying,
        lambda known: _draw_ranking(case, known),
        asked.text,
        **asked.settings,
    )
    if effects is None:
        return None
    first = effects.answer.candidates[0]
    st.markdown(asked.say(case, first))
    off = choose_heads(effects.heads, effects.layers, words)
    changed = answer(att.attend, asked.text, off=off, **asked.plain) if off else None
    which = asked.settings.get("which", 0)
    _draw_answers(case, effects.answer, changed.answers[which] if changed else None)
    _draw_ranking(case, effects)
    table = _table(case, effects)
    with st.expander(words.ranked_all, icon=":material/table_rows:"):
        show.table(table)
    return TakeAway(
        "attention_effects",
        _code(asked, off),
        picture=_picture(effects),
        table=table,
        data={"off": off, "without": changed.answers if changed else None, "effects": effects},
        spec=case.spec,
    )


def _picture(effects: att.Effects) -> Pixels:
    """The board: a row a layer."""
    layers, heads = effects.heads.shape
    return figures.attention_picture(
        [str(layer) for layer in range(layers)],
        [str(head) for head in range(heads)],
        effects.heads,
        signed=True,
    )


def _code(asked: Asked, off: str) -> str:
    if off:
        return snippet(att.attend, asked.text, off=off, **asked.plain)
    return snippet(att.effect_of_heads, asked.text, **asked.settings)


def _draw_answers(case: Case, before: att.Answer, after: att.Answer | None) -> None:
    """What the network answers with all heads and without those that are off."""
    words = case.words
    top = max(each.probability for one in (before, after) if one for each in one.candidates)
    left, right = st.columns(2)
    with left:
        _draw_bars(case, before, before, words.with_all, top)
    with right:
        _draw_bars(case, after or before, before, words.without if after else words.same, top)
    if after is None:
        return
    word, share = before.candidates[0].shown, before.candidates[0].probability
    now = next((e.probability for e in after.candidates if e.shown == word), None)
    if now is None:
        st.markdown(
            words.lost(
                word=plain(word), instead=plain(after.candidates[0].shown), before=100 * share
            )
        )
    else:
        st.markdown(words.moved(word=plain(word), before=100 * share, after=100 * now))


def _draw_bars(case: Case, shown: att.Answer, usual: att.Answer, title: str, top: float) -> None:
    words, best = case.words, usual.candidates[0].shown
    drawn = figures.bars(
        [each.shown for each in shown.candidates],
        [each.probability for each in shown.candidates],
        title,
        words.answers_alt,
        x=words.probability,
        name=words.word,
        form=".1%",
        highlight=[at for at, each in enumerate(shown.candidates) if each.shown == best],
        top=min(1.0, 1.15 * top),
    )
    show.drawing(drawn, key=f"answers-{title}")


def _draw_ranking(case: Case, effects: att.Effects) -> None:
    """The heads that the answer rests on most."""
    words, named = case.words, {(one.layer, one.head): one for one in case.names}
    most = effects.ranked[:RANKED]
    drawn = figures.bars(
        [case.said(named[one.layer, one.head or 0]) for one in most],
        [one.change for one in most],
        words.ranked_title,
        words.ranked_alt,
        x=words.change,
        name=words.head,
        form="+.2f",
    )
    show.drawing(drawn)


def _table(case: Case, effects: att.Effects) -> dict[str, list[Any]]:
    words, named = case.words, {(one.layer, one.head): one for one in case.names}
    rows = [(one, named[one.layer, one.head or 0]) for one in effects.ranked]
    return {
        words.head: [code_of((one.layer, one.head or 0)) for one, _ in rows],
        words.role: [words[f"role_{name.name}"] for _, name in rows],
        words.change: [round(one.change, 3) for one, _ in rows],
        words.probability: [round(one.probability, 4) for one, _ in rows],
        words.instead: [one.instead for one, _ in rows],
    }
