"""Where an answer comes from: layer by layer, and word by word."""

from typing import Any

import numpy as np
import streamlit as st

from gallery import controls, figures, show
from gallery.answers import answer
from gallery.components.word_row import Word, show_words
from gallery.masking.case import Case, coded
from gallery.masking.subject import ask_subject, masked
from gallery.passage import Passage
from gallery.patience import Long, follow
from gallery.takeaway import TakeAway, snippet
from gallery.words import sentence
from models import bert_masking as bert
from models._errors import InputError
from models._saliency import saliency_effort, saliency_so_far

__all__ = ["draw_layers", "draw_why"]

METHODS = ("left_out", "gradient")
SALIENCY: Long[bert.Saliency] = (bert.saliency, saliency_so_far, saliency_effort)
FOR, AGAINST = figures.OKABE_ITO[0], figures.OKABE_ITO[3]


def draw_layers(case: Case) -> TakeAway | None:
    """What each layer would answer."""
    words = case.words
    if (hidden := _ask_hidden(case)) is None:
        return None
    text, asked = hidden
    found = answer(bert.lens, text, case.model)
    gap = found.gaps[asked]
    layers = [words.input, *(words.layer(number=n) for n in range(1, len(gap.rank)))]
    show.drawing(
        figures.named_grid(
            np.array([[each.probability for each in row] for row in gap.candidates]),
            layers,
            [words.place(number=n + 1) for n in range(len(gap.candidates[0]))],
            words.lens_title,
            words.lens_alt,
            x=words.answers,
            y=words.state_after,
            value=words.probability,
            words=[[each.shown for each in row] for row in gap.candidates],
        )
    )
    st.markdown(_told(case, gap))
    left, right = st.columns(2)
    numbers = list(range(len(layers)))
    with left:
        curve = {words.of_answer(word=gap.answer.shown): gap.probability.tolist()}
        show.drawing(
            figures.lines(
                numbers,
                curve,
                words.rise_title(word=gap.answer.shown),
                words.rise_alt,
                x=words.layer_axis,
                y=words.probability,
                height=260,
            )
        )
    with right:
        show.drawing(
            figures.lines(
                numbers,
                {words.entropy: gap.entropy.tolist()},
                words.doubt_title,
                words.doubt_alt,
                x=words.layer_axis,
                y=words.entropy,
                height=260,
            )
        )
    return TakeAway(
        "bert_layers",
        snippet(bert.lens, text, model=case.model),
        picture=figures.bars_picture(
            [
                (f"{layer}: {row[0].shown}", row[0].probability, row[0].number == gap.answer.number)
                for layer, row in zip(layers, gap.candidates, strict=True)
            ],
            words.lens_title,
        ),
        table={
            words.state_after: layers,
            words.first_answer: [row[0].shown for row in gap.candidates],
            words.probability: [row[0].probability for row in gap.candidates],
            words.of_answer(word=gap.answer.shown): gap.probability.tolist(),
            words.entropy: gap.entropy.tolist(),
        },
        data=found.gaps,
        spec=case.spec,
    )


def draw_why(case: Case) -> TakeAway | None:
    """What each word was worth to the answer, told in two ways."""
    words = case.words
    if (hidden := _ask_hidden(case)) is None:
        return None
    text, asked = hidden
    word = controls.word(case.knobs.explain)
    settings: dict[str, Any] = {"gap": asked} if word is None else {"gap": asked, "word": word}
    try:
        found = _weigh(case, text, settings)
    except InputError as error:
        if word is None:
            raise
        st.warning(sentence(error, case.page.language), icon=":material/edit_off:")
        settings = {"gap": asked}
        found = _weigh(case, text, settings)
    if found is None:
        return None
    st.markdown(
        words.explained(word=coded(found.answer.shown), probability=found.answer.probability)
    )
    for method in METHODS:
        st.markdown(f"**{words[f'{method}_title']}**")
        show_words(method, words[f"{method}_title"], _row(case, found, method), words[method])
    agreement = found.agreement
    st.markdown(
        words.agreement_none if agreement is None else words.agreement_line(value=agreement)
    )
    table: dict[str, list[Any]] = {
        words.token: [found.reading.shown(place) for place in range(len(found.reading.ids))],
        words.left_out_bits: found.left_out.round(4).tolist(),
        words.gradient_bits: found.gradient.round(4).tolist(),
    }
    with st.expander(words.both_as_table, icon=":material/table_rows:"):
        show.table(table)
    return TakeAway(
        "bert_why",
        snippet(bert.saliency, text, model=case.model, **settings),
        picture=figures.bars_picture(
            [
                (shown, abs(bits), bits < 0)
                for shown, bits in zip(table[words.token], table[words.left_out_bits], strict=True)
            ],
            words.left_out_title,
            ".2f",
        ),
        table=table,
        data={"answer": found.answer, "agreement": found.agreement, **table},
        spec=case.spec,
    )


def _weigh(case: Case, text: Passage, settings: dict[str, Any]) -> bert.Saliency | None:
    def draw(found: bert.Saliency) -> None:
        show_words("known", case.words.left_out_title, _row(case, found, "left_out"))

    return follow(SALIENCY, case.words.asking, draw, text, case.model, **settings)


def _ask_hidden(case: Case) -> tuple[Passage, int] | None:
    """A text with hidden words, and which of these is looked at."""
    subject = ask_subject(case)
    subject.draw({})
    gaps = subject.gaps()
    if not gaps.truths:
        st.info(case.words.nothing_hidden, icon=":material/touch_app:")
        return None
    numbers = [str(number + 1) for number in range(len(gaps.truths))]
    asked = int(controls.choice(case.knobs.gap, numbers)) - 1 if len(numbers) > 1 else 0
    return masked(gaps.text, subject.whole), asked


def _told(case: Case, gap: bert.LensGap) -> str:
    """From which layer on the final answer leads."""
    words, shown = case.words, coded(gap.answer.shown)
    behind = [layer for layer, rank in enumerate(gap.rank.tolist()) if rank > 1]
    first = behind[-1] + 1 if behind else 0
    key = "leads_last" if first == len(gap.rank) - 1 else "leads_from"
    bottom = int(gap.rank[0])
    return words[key](word=shown, layer=first, rank=bottom)


def _row(case: Case, found: bert.Saliency, method: str) -> list[Word]:
    """The tokens, each on the bar of its worth."""
    words, reading = case.words, found.reading
    worth = found.left_out if method == "left_out" else found.gradient
    top = float(abs(worth).max()) or 1.0
    row, ends = [], {0: 0, 1: 0}
    for place, value in enumerate(worth.tolist()):
        is_special = bool(reading.special[place])
        before = " " if is_special else ""
        if not is_special:
            start, end = (int(each) for each in reading.spans[place])
            before, ends[0] = reading.text[ends[0] : start], end
        is_target = place == found.place
        shown = found.answer.shown if is_target else reading.shown(place)
        row.append(
            Word(
                shown,
                before=before,
                kind="answer" if is_target else "special" if is_special else "plain",
                told=words.worth(bits=value),
                bar=(value / top, _colour(value)),
            )
        )
    return row


def _colour(value: float) -> str:
    return FOR if value > 0 else AGAINST if value < 0 else "transparent"
