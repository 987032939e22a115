"""A blind test: which pictures are generated? The score is kept for the session."""

import math
from collections.abc import Sequence

import numpy as np
import streamlit as st

from gallery import address, controls, figures, show
from gallery.answers import answer
from gallery.components.verdicts import ask_verdicts, given_verdict
from gallery.frame import current
from gallery.sampling.case import Case
from gallery.sampling.pictures import enlarged, in_colour
from gallery.takeaway import TakeAway, snippet
from models import gan_sampling as gan

__all__ = ["draw_blind", "luck"]

COUNT = 12  # pictures of a round
SCORES = (
    "_gan_blind"  # (generator, truncation, round) -> right by the visitor, by the discriminator
)
ROUNDS = 10**6


def draw_blind(case: Case) -> TakeAway | None:
    """One round: the board, and after the verdict what was right."""
    words = case.words
    if not case.has_pictures:
        st.info(words.no_blind, icon=":material/info:")
        return None
    truncation = controls.number(case.knobs.truncation, gan.blind_test)
    number = _ask_round(case)
    settings = {"model": case.model, "seed": number, "count": COUNT, "truncation": truncation}
    found = answer(gan.blind_test, **settings)
    truth = answer(gan.blind_truth, **settings)
    made = [not real for real in truth.real]
    name = f"{case.model}-{truncation:g}-{number}"
    tiles = in_colour(found.images)
    st.markdown(f"**{words.blind_title(round=number)}**")
    ask_verdicts(name, tiles, words, made)
    marked = given_verdict(name)
    if marked is not None:
        _note(name, marked, truth)
    _draw_scores(case, name)
    return TakeAway(
        f"{case.model}_blind_{number}",
        snippet(gan.blind_test, **settings),
        picture=enlarged(figures.sheet(tiles, 6, 2), 672),
        table={} if marked is None else _table(case, marked, truth),
        spec=case.spec,
    )


def luck(right: int, asked: int) -> float:
    """How probable it is to be right at least that often by tossing a coin.

    >>> luck(2, 2)
    0.25
    """
    ways = sum(math.comb(asked, count) for count in range(right, asked + 1))
    return float(ways / 2**asked)


def _ask_round(case: Case) -> int:
    page = current().demo.name
    widget = address.settle(page, "round", 1, _parse)
    if st.button(case.words.next_round, icon=":material/skip_next:", key=f"{widget}-next"):
        st.session_state[widget] = (int(st.session_state[widget]) + 1) % ROUNDS
    return int(address.hold(page, "round", 1, int(st.session_state[widget])))


def _parse(raw: str) -> int | None:
    return int(raw) if raw.isascii() and raw.isdecimal() and len(raw) < 7 else None


def _note(name: str, marked: Sequence[int], truth: gan.BlindTruth) -> None:
    """Count this round, once however often it is drawn."""
    is_marked = np.isin(np.arange(COUNT), marked)
    rounds = st.session_state.setdefault(SCORES, {})
    own = int((is_marked == ~truth.real).sum())
    rounds[name] = (own, int((truth.guessed_real == truth.real).sum()))


def _draw_scores(case: Case, name: str) -> None:
    """This round and all rounds of the session, of the visitor and of the discriminator."""
    words = case.words
    rounds: dict[str, tuple[int, int]] = st.session_state.get(SCORES, {})
    if not rounds:
        st.caption(words.no_score)
        return
    asked = COUNT * len(rounds)
    sums = [sum(score[who] for score in rounds.values()) for who in range(2)]
    here = rounds.get(name)
    show.table(
        {
            words.who: [words.you, words.discriminator],
            words.this_round: [
                "–" if here is None else f"{right} / {COUNT}" for right in here or (0, 0)
            ],
            words.all_rounds: [f"{right} / {asked} ({right / asked:.0%})" for right in sums],
            words.by_luck: [f"{luck(right, asked):.1%}" for right in sums],
        }
    )


def _table(
    case: Case, marked: Sequence[int], truth: gan.BlindTruth
) -> dict[str, list[str | int | float]]:
    words = case.words
    kinds = {True: words.board_real, False: words.board_made}
    return {
        "#": list(range(1, COUNT + 1)),
        words.truth: [kinds[bool(real)] for real in truth.real],
        words.you: [kinds[place not in marked] for place in range(COUNT)],
        words.discriminator: [kinds[bool(real)] for real in truth.guessed_real],
        words.score: [round(float(score), 3) for score in truth.scores],
    }
