"""What a changed word changes, what another network would say, and many fillers in one sentence."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from gallery import controls, figures, show
from gallery.answers import answer
from gallery.demos import Language
from gallery.masking.case import Case
from gallery.masking.fillers import draw_fillers
from gallery.masking.subject import ask_subject, masked
from gallery.passage import plain
from gallery.takeaway import TakeAway, snippet
from gallery.words import sentence
from models import bert_masking as bert
from models._errors import WeightsError

__all__ = ["draw_compare"]

SUBJECTS = ("texts", "fillers", "models")
PAIRS: dict[Language, tuple[str, ...]] = {
    "en": ("king_queen", "married", "negation", "doctor_nurse"),
    "zh": ("zh_cities", "zh_children", "zh_negation"),
}
RIVALS: dict[Language, bert.ModelName] = {"en": "bert-base-uncased", "zh": "bert-base-chinese"}
LONGEST = 40  # characters of a sentence in the picture to take away
FEW = 5  # words of either side in it
LABELLED = 8  # points of the scatter that carry their names


def draw_compare(case: Case) -> TakeAway | None:
    """Two sentences, two networks, or one sentence with many fillers."""
    subject = controls.choice(case.knobs.subject, SUBJECTS)
    if subject == "fillers":
        return draw_fillers(case)
    return _draw_models(case) if subject == "models" else _draw_texts(case)


def _draw_texts(case: Case) -> TakeAway:
    words = case.words
    offered = [key for own in PAIRS.values() for key in own]
    first, second = controls.pair(
        {language: keys[0] for language, keys in PAIRS.items()}, offered, "sides"
    )
    found = answer(bert.compare_texts, first, second, case.model)
    names = (words.first_sentence, words.second_sentence)
    return _draw_difference(
        case,
        found,
        names,
        (first.text, second.text),
        snippet(bert.compare_texts, first, second, model=case.model),
    )


def _draw_models(case: Case) -> TakeAway | None:
    """Two networks on one text; where the second cannot be had, that is said and the text stays."""
    words = case.words
    others = [each.spec for each in bert.MODELS if each.spec.name != case.model]
    codes = [spec.name for spec in others]
    usual = RIVALS[case.page.language]
    default = usual if usual in codes else codes[0]
    rival = controls.choice(_named(case, others), codes, default, listed=True)
    subject = ask_subject(case)
    gaps = subject.gaps()
    subject.draw({})
    if not gaps.truths:
        st.info(words.nothing_hidden, icon=":material/touch_app:")
        return None
    text = masked(gaps.text, subject.whole)
    try:
        found = answer(bert.compare_models, text, case.model, rival)
    except WeightsError as error:
        said = sentence(error, case.page.language)
        st.info(f"{said} {words.rival_away}", icon=":material/cloud_off:")
        return None
    titles = (case.spec.title, next(spec.title for spec in others if spec.name == rival))
    code = snippet(bert.compare_models, text, first=case.model, second=rival)
    return _draw_difference(case, found, titles, titles, code)


def _named(case: Case, others: Sequence[Any]) -> Any:
    return dataclasses.replace(case.knobs.rival, options={s.name: s.title for s in others})


def _draw_difference(
    case: Case,
    found: bert.Comparison,
    names: tuple[str, str],
    headings: tuple[str, str],
    code: str,
) -> TakeAway:
    words = case.words
    gaps = (found.first, found.second)
    top = max(gap.candidates[0].probability for gap in gaps)
    for place, column in enumerate(st.columns(2)):
        with column:
            drawn = figures.bars(
                [each.shown for each in gaps[place].candidates],
                [each.probability for each in gaps[place].candidates],
                plain(headings[place]),
                words.side_alt(name=names[place]),
                x=words.probability,
                name=words.word,
                form=".1%",
                top=1.05 * top,
            )
            show.drawing(drawn, key=f"side-{place}")
    st.markdown(words.divergence_line(bits=found.divergence))
    if found.first_share < 0.995 or found.second_share < 0.995:
        shares = {"first": found.first_share, "second": found.second_share}
        st.markdown(words.shared_line(count=found.shared, **shares))
    show.drawing(_scatter(case, found, names))
    table = _differences(case, found, names)
    st.markdown(f"**{words.differences_title}**")
    show.table(table)
    return TakeAway(
        "bert_compare",
        code,
        picture=figures.bars_picture(
            [
                (f"{row.shown} {number + 1}", chance, number == 1)
                for row in (*found.more_in_first[:FEW], *found.more_in_second[:FEW])
                for number, chance in enumerate((row.first, row.second))
            ],
            f"1: {headings[0][:LONGEST]}   2: {headings[1][:LONGEST]}",
            ".2%",
        ),
        table=table,
        data={
            "words": found.words,
            "first_bits": found.first_bits,
            "second_bits": found.second_bits,
            "divergence": found.divergence,
        },
        spec=case.spec,
    )


def _scatter(case: Case, found: bert.Comparison, names: tuple[str, str]) -> figures.Drawing:
    words = case.words
    told = [*found.more_in_first[: LABELLED // 2], *found.more_in_second[: LABELLED // 2]]
    shown = {each.shown for each in told}
    across = (found.first_bits * np.log10(2)).round(4)
    up = (found.second_bits * np.log10(2)).round(4)
    return figures.scatter(
        found.words,
        across.tolist(),
        up.tolist(),
        words.scatter_title,
        words.scatter_alt,
        x=words.log_probability(name=names[0]),
        y=words.log_probability(name=names[1]),
        name=words.word,
        marked=[place for place, word in enumerate(found.words) if word in shown],
    )


def _differences(
    case: Case, found: bert.Comparison, names: tuple[str, str]
) -> dict[str, list[Any]]:
    words = case.words
    rows = [*found.more_in_first, *found.more_in_second]
    return {
        words.word: [row.shown for row in rows],
        words.likely_in(name=names[0]): [f"{row.first:.2%}" for row in rows],
        words.likely_in(name=names[1]): [f"{row.second:.2%}" for row in rows],
        words.ratio_bits: [round(row.bits, 2) for row in rows],
    }
