"""Guess before the model: the visitor's word first, then the network's, and the score."""

from dataclasses import dataclass
from typing import cast

import streamlit as st

from gallery.answers import answer
from gallery.masking.case import Case, coded
from gallery.masking.hiding import Gaps
from gallery.passage import Passage
from gallery.words import sentence
from models import bert_masking as bert
from models._errors import InputError

__all__ = ["Round", "Score", "draw_guess", "is_same"]

SCORE = "_masking_score"
SHOWN = "_masking_shown"  # rounds that the visitor has answered: their words


@dataclass(frozen=True)
class Score:
    """How many hidden words were found, where it is known what stood there."""

    asked: int = 0
    yours: int = 0
    networks: int = 0


@dataclass(frozen=True, eq=False)
class Round:
    """One text with its hidden words, to be guessed."""

    case: Case
    whole: Passage
    text: Passage  # with [MASK]
    gaps: Gaps
    found: bert.Fill

    @property
    def key(self) -> tuple[str, str]:
        """What makes it another round."""
        return self.case.model, self.text.text


def draw_guess(current: Round) -> bool:
    """Ask for the visitor's words; whether they have been given."""
    shown = cast("dict[tuple[str, str], list[str]]", st.session_state.setdefault(SHOWN, {}))
    if current.key not in shown:
        place = st.empty()
        with place:
            given = _ask(current)
        if given is None:
            return False
        try:
            _ranks(current, given)
        except InputError as error:
            st.warning(sentence(error, current.case.page.language), icon=":material/edit_off:")
            return False
        place.empty()
        shown[current.key] = given
        _count(current, given)
    _draw_outcome(current, shown[current.key])
    return True


def is_same(one: str, other: str) -> bool:
    """Whether two words are the same to a reader: capitals and a joining mark do not count."""

    def bare(word: str) -> str:
        return word.strip().removeprefix("##").removeprefix("…").removeprefix("Ġ").casefold()

    return bare(one) == bare(other)


def _ask(current: Round) -> list[str] | None:
    words = current.case.words
    count = len(current.gaps.truths)
    with st.form(f"guess-{hash(current.key)}"):
        st.markdown(words.guess_ask)
        columns = st.columns(min(count, 4))
        name = f"guess-{hash(current.key)}"
        given = [
            columns[place % len(columns)].text_input(
                words.gap_title(number=place + 1), key=f"{name}-{place}", max_chars=60,
                autocomplete="off",
            )
            for place in range(count)
        ]  # fmt: skip
        done = st.form_submit_button(words.guess_done, icon=":material/check:")
    return [each.strip() for each in given] if done else None


def _ranks(current: Round, given: list[str]) -> list[bert.Rank]:
    """Every guess at its own gap."""
    model = current.case.model
    return [
        answer(bert.rank, current.text, Passage(word), model).gaps[place]
        for place, word in enumerate(given)
    ]


def _count(current: Round, given: list[str]) -> None:
    score: Score = st.session_state.get(SCORE, Score())
    for truth, word, gap in zip(current.gaps.truths, given, current.found.gaps, strict=True):
        if truth is not None:
            score = Score(
                score.asked + 1,
                score.yours + is_same(word, truth),
                score.networks + is_same(gap.candidates[0].shown, truth),
            )
    st.session_state[SCORE] = score


def _draw_outcome(current: Round, given: list[str]) -> None:
    words = current.case.words
    for place, (rank, word) in enumerate(zip(_ranks(current, given), given, strict=True)):
        truth = current.gaps.truths[place]
        line = words.guess_line(
            number=place + 1,
            word=coded(word),
            probability=rank.probability,
            best=coded(rank.best.shown),
            best_probability=rank.best.probability,
        )
        if truth is not None:
            right = is_same(word, truth), is_same(rank.best.shown, truth)
            key = ("neither", "network", "you", "both")[2 * right[0] + right[1]]
            line += " " + words[f"guess_{key}"](truth=coded(truth))
        st.markdown(line)
    score: Score = st.session_state.get(SCORE, Score())
    if score.asked:
        left, right_ = st.columns([3, 1], vertical_alignment="center")
        left.markdown(
            words.score_line(asked=score.asked, yours=score.yours, networks=score.networks)
        )
        right_.button(words.score_reset, on_click=_reset, icon=":material/restart_alt:")


def _reset() -> None:
    for key in (SCORE, SHOWN):
        st.session_state.pop(key, None)
