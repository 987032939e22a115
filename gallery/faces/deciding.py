"""Same or not, decided by a trained logistic unit instead of by a distance and a threshold."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from gallery import controls, figures, show
from gallery.answers import answer
from gallery.faces.case import Case
from gallery.faces.volunteers import choose_face_of, row_of, say_of_whom
from gallery.takeaway import TakeAway, snippet
from models import face_recognition as faces
from models._face_heads import HeadName

__all__ = ["draw_heads"]

TERMS: tuple[HeadName, ...] = ("weighted", "chi_square")  # the heads with a weight for each number
MEASURED = {"plain": "tiny_face_embedder", "weighted": "weighted", "chi_square": "chi_square"}


def draw_heads(case: Case) -> TakeAway:
    """Two faces of the set, what each unit adds up, and how well each does on unseen people."""
    words, knobs = case.words, case.knobs
    known = faces.volunteers()
    say_of_whom(case, known)
    left, right = st.columns(2)
    with left:
        one = choose_face_of(case, known, knobs.anchor_person, knobs.anchor_photo)
    with right:
        two = choose_face_of(case, known, knobs.other_person, knobs.other_photo, default=1)
    first, second = known.vectors[one], known.vectors[two]
    judged = {head: faces.head_score(first, second, head) for head in faces.HEAD_NAMES}
    is_same = known.people[one] == known.people[two]
    st.markdown(words.truth_same if is_same else words.truth_different)
    table = _table(case, judged)
    show.table(table)
    head = controls.choice(knobs.head, TERMS)
    _draw_terms(case, head, judged[head])
    _draw_measured(case)
    return TakeAway(
        "binary_heads",
        snippet(faces.head_score, row_of("a", one), row_of("b", two), head=head),
        table=table,
        data=judged,
        spec=faces.DESCRIBERS[0],
    )


def _table(case: Case, judged: Mapping[HeadName, faces.HeadScore]) -> dict[str, list[Any]]:
    """Each way to decide with its sum, its probability and its verdict."""
    words = case.words
    scores = list(judged.values())
    return {
        words.way: [words[f"head_{head}"] for head in judged],
        words.sum_of: [round(score.total, 3) for score in scores],
        words.probability: [round(score.probability, 4) for score in scores],
        words.verdict: [
            words.one_person if score.probability >= 0.5 else words.two_people for score in scores
        ],
    }


def _draw_terms(case: Case, head: HeadName, score: faces.HeadScore) -> None:
    """The sum with its numbers, and every term of it."""
    words = case.words
    terms, bias = float(score.parts.sum()), score.bias
    st.latex(
        r"\begin{aligned}P&=\sigma\Big(\sum_k w_k u_k+b\Big)\\"
        rf"&=\sigma({terms:.3f}{bias:+.3f})=\sigma({score.total:.3f})\\"
        rf"&=\mathbf{{{score.probability:.3f}}}\end{{aligned}}"
    )
    show.drawing(
        figures.contributions(
            score.differences, faces.heads()[head].weights, words[f"terms_{head}"],
            words.terms_alt, x=words.number, y=words.term, feature=words.feature,
            weight=words.weight,
        )
    )  # fmt: skip


def _draw_measured(case: Case) -> None:
    """Accuracy, area and equal error of each on people whom nothing here was trained on."""
    words = case.words
    found = {head: answer(faces.measured, MEASURED[head]) for head in faces.HEAD_NAMES}
    rows = {words[f"head_{head}"]: each for head, each in found.items() if each is not None}
    if not rows:
        return
    st.markdown(f"**{words.heads_measured}**")
    show.table(
        {
            words.way: list(rows),
            words.accuracy: [f"{each.accuracy:.1%}" for each in rows.values()],
            words.under_curve: [f"{each.area:.3f}" for each in rows.values()],
            words.equal_error: [f"{each.equal_error:.1%}" for each in rows.values()],
        }
    )
