"""Hidden words filled in, each alone; by the visitor first, if they like."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from gallery import controls, figures, show
from gallery.answers import answer
from gallery.masking.case import Case, coded
from gallery.masking.guessing import Round, draw_guess, is_same
from gallery.masking.hiding import Gaps
from gallery.masking.subject import ask_subject, masked
from gallery.passage import Passage
from gallery.takeaway import TakeAway, snippet
from gallery.words import sentence
from models import bert_masking as bert
from models._errors import InputError

__all__ = ["draw_fill"]

SIDE_BY_SIDE = 2  # masks next to each other
LONGEST = 60  # characters of the text in the drawing to take away
DRAWN = 8  # masks with bars of their own


def draw_fill(case: Case) -> TakeAway | None:
    """Press words, read answers."""
    words, knobs = case.words, case.knobs
    is_game = controls.switch(knobs.guess)
    subject = ask_subject(case, folded=is_game)
    place = st.container()
    if is_game:
        real = [each.number for each in subject.found.words if each.text[0].isalnum()]
        subject.pressed.offer_chance(words.hide_one, real)
    left, right = st.columns(2)
    with left:
        top = controls.number(knobs.top, bert.fill)
        tokens = controls.switch(knobs.subwords)
    with right:
        by_piece = controls.choice(knobs.masks_for, ("word", "piece")) == "piece"
    gaps = subject.gaps(by_piece)
    if not gaps.truths:
        with place:
            subject.draw({}, tokens, by_piece)
        st.info(words.nothing_hidden, icon=":material/touch_app:")
        return None
    text = masked(gaps.text, subject.whole)
    try:
        found = answer(bert.fill, text, case.model, top=top)
    except InputError:  # what was pressed too much has to be there to be pressed again
        with place:
            subject.draw({}, tokens, by_piece)
        raise
    round_ = Round(case, subject.whole, text, gaps, found)
    open_ = not is_game or draw_guess(round_)
    with place:
        subject.draw(_notes(gaps, found) if open_ else {}, tokens, by_piece)
    if open_:
        _draw_gaps(case, gaps, found, text)
        _draw_proposal(case, text)
    return TakeAway(
        "bert_fill",
        snippet(bert.fill, text, model=case.model, top=top),
        table=_table(case, found) if open_ else {},
        data=found.gaps if open_ else None,
        **(_drawings(case, gaps, found) if open_ else {}),
        spec=case.spec,
    )


def _notes(gaps: Gaps, found: bert.Fill) -> dict[int, list[str]]:
    """The first answer under each hidden word."""
    notes: dict[int, list[str]] = {}
    for number, gap in zip(gaps.words, found.gaps, strict=True):
        best = gap.candidates[0]
        notes.setdefault(number, []).append(f"{best.shown} {best.probability:.0%}")
    return notes


def _draw_gaps(case: Case, gaps: Gaps, found: bert.Fill, text: Passage) -> None:
    drawn = min(len(found.gaps), DRAWN)
    truths = _truths(case, gaps, text, drawn)
    for start in range(0, drawn, SIDE_BY_SIDE):
        columns = st.columns(SIDE_BY_SIDE) if drawn > 1 else [st.container()]
        for place, column in enumerate(columns, start):
            if place < drawn:
                with column:
                    _draw_gap(case, place, found.gaps[place], gaps.truths[place], truths[place])
    if drawn < len(found.gaps):
        st.markdown(case.words.more_gaps(drawn=drawn, total=len(found.gaps)))
        show.table(_firsts(case, gaps, found))


def _firsts(case: Case, gaps: Gaps, found: bert.Fill) -> dict[str, list[Any]]:
    """The first answer of every mask."""
    words, best = case.words, [gap.candidates[0] for gap in found.gaps]
    return {
        words.mask: list(range(1, len(best) + 1)),
        words.stood_there: [truth or "–" for truth in gaps.truths],
        words.first_answer: [each.shown for each in best],
        words.probability: [f"{each.probability:.1%}" for each in best],
        words.entropy: [round(gap.entropy, 2) for gap in found.gaps],
    }


def _truths(case: Case, gaps: Gaps, text: Passage, count: int) -> Sequence[bert.Rank | None]:
    """How the words that stood there do, where it is known what stood there."""
    asked: Mapping[str, bert.Ranks] = {
        truth: answer(bert.rank, text, Passage(truth), case.model)
        for truth in {each for each in gaps.truths[:count] if each is not None}
    }
    return [asked[t].gaps[n] if t is not None else None for n, t in enumerate(gaps.truths[:count])]


def _draw_gap(
    case: Case, place: int, gap: bert.Gap, truth: str | None, stood: bert.Rank | None
) -> None:
    words = case.words
    names = [each.shown for each in gap.candidates]
    known = stood.pieces[0].number if stood is not None and len(stood.pieces) == 1 else None
    marked = [n for n, each in enumerate(gap.candidates) if each.number == known]
    drawn = figures.bars(
        names,
        [each.probability for each in gap.candidates],
        words.gap_title(number=place + 1),
        words.gap_alt(number=place + 1),
        x=words.probability,
        name=words.word,
        form=".1%",
        highlight=marked,
    )
    show.drawing(drawn, key=f"gap-{place}")
    st.markdown(words.entropy_line(bits=gap.entropy, words=2**gap.entropy))
    if marked:
        st.caption(words.orange)
    if truth is not None and stood is not None:
        st.markdown(_told(case, "stood", truth, stood))


def _told(case: Case, key: str, word: str, found: bert.Rank) -> str:
    """Rank and probability of a word, or the product of its pieces."""
    words, shown = case.words, coded(word)
    if found.rank is not None:
        return words[f"{key}_rank"](word=shown, rank=found.rank, probability=found.probability)
    pieces = " · ".join(f"{coded(one.shown)} {one.probability:.1%}" for one in found.pieces)
    return words[f"{key}_pieces"](word=shown, pieces=pieces, probability=found.probability)


def _draw_proposal(case: Case, text: Passage) -> None:
    word = controls.word(case.knobs.word)
    if word is None:
        return
    try:
        found = answer(bert.rank, text, word, case.model)
    except InputError as error:
        st.warning(sentence(error, case.page.language), icon=":material/edit_off:")
        return
    for place, gap in enumerate(found.gaps):
        line = _told(case, "proposed", word.text, gap)
        st.markdown(f"{case.words.gap_title(number=place + 1)}: {line}")


def _drawings(case: Case, gaps: Gaps, found: bert.Fill) -> dict[str, Any]:
    """The answers as a picture and as a drawing with letters of every script."""
    shown = gaps.text if len(gaps.text) <= LONGEST else f"{gaps.text[:LONGEST]}…"
    bars = {
        case.words.gap_title(number=place + 1): [
            (each.shown, each.probability, truth is not None and is_same(each.shown, truth))
            for each in gap.candidates
        ]
        for place, (gap, truth) in enumerate(zip(found.gaps, gaps.truths, strict=True))
    }
    return {
        "picture": figures.bars_picture(next(iter(bars.values())), shown),
        "files": {"bert_fill.svg": figures.bars_svg(bars, shown)},
    }


def _table(case: Case, found: bert.Fill) -> dict[str, list[Any]]:
    words = case.words
    rows = [(n + 1, each) for n, gap in enumerate(found.gaps) for each in gap.candidates]
    return {
        words.mask: [number for number, _ in rows],
        words.word: [each.shown for _, each in rows],
        words.probability: [each.probability for _, each in rows],
    }
