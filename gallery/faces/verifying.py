"""One to one: the distance of two faces, on top of the distances of pairs whose answer is known."""

import numpy as np
import streamlit as st

from gallery import figures, show
from gallery.answers import answer
from gallery.components.threshold import Judged, ask_threshold
from gallery.faces.case import Case, Choice, Finder
from gallery.faces.inquiries import Described, described
from gallery.faces.measures import draw_standings, draw_unknown, judged
from gallery.takeaway import TakeAway, Written, opening_photo, snippet
from models import face_recognition as faces
from models._spec import ModelSpec

__all__ = ["draw_verification"]

SIDE = 224  # pixels of a face as it is shown


def draw_verification(case: Case) -> TakeAway:
    """Two photos, one distance, and a threshold under the hand."""
    words, knobs = case.words, case.knobs
    first, second = case.take_pair()
    with st.container(horizontal=True):
        finder, describer = case.choose_finder(), case.choose_describer()
    mine = case.choose_face(first, finder, knobs.face)
    theirs = case.choose_face(second, finder, knobs.other_face)
    known = judged(case, describer.name)
    pairs: dict[str, float] = {}
    told: tuple[Described, ...] = ()
    if mine is not None and theirs is not None:
        told = tuple(_described(each, finder, describer) for each in (mine, theirs))
        pairs[words.this_pair] = faces.distance(told[0].vector, told[1].vector)
        _draw_pair(case, *told)
    usual = round(faces.threshold_of(describer.name), 3)
    threshold = ask_threshold(known, pairs, knobs.threshold, usual, words)
    table = _draw_rates(case, known)
    draw_standings(case)
    draw_unknown(case)
    far = next(iter(pairs.values()), None)
    return TakeAway(
        "face_verification",
        _code(mine, theirs, finder, describer, threshold),
        picture=np.hstack([_coloured(each) for each in told]) if told else None,
        table=table,
        data={"distance": far, "threshold": threshold, "finder": finder.name},
        spec=describer,
    )


def _described(choice: Choice, finder: Finder, describer: ModelSpec) -> Described:
    told: Described = answer(described, choice.photo, choice.place, *finder.asked, describer.name)
    return told


def _draw_pair(case: Case, mine: Described, theirs: Described) -> None:
    words, cosine = case.words, float(mine.vector @ theirs.vector)
    with st.container(horizontal=True):
        show.picture(_coloured(mine), words.first_face, words.first_face, SIDE)
        show.picture(_coloured(theirs), words.second_face, words.second_face, SIDE)
        st.markdown(
            words.pair_numbers(
                distance=f"{faces.distance(mine.vector, theirs.vector):.3f}",
                cosine=figures.minus(f"{cosine:.3f}"),
                within=f"({cosine:.3f})" if cosine < 0 else f"{cosine:.3f}",
            )
        )


def _coloured(told: Described) -> np.ndarray:
    crop = told.crop
    return np.dstack([crop] * 3) if crop.ndim == 2 else crop


RATES = (0.001, 0.01, 0.05, 0.1)  # of false accepts, that somebody may wish for


def _draw_rates(case: Case, known: Judged) -> dict[str, list[float]]:
    """What a wish for few false accepts costs in false rejects."""
    words = case.words
    accepts = np.asarray(known.accepts)
    places = [int(np.flatnonzero(accepts <= rate).max(initial=0)) for rate in RATES]
    wished: dict[str, list[str]] = {
        words.threshold: [f"{known.thresholds[place]:.3f}" for place in places],
        words.cut_accepts: [f"{known.accepts[place]:.1%}" for place in places],
        words.cut_rejects: [f"{known.rejects[place]:.1%}" for place in places],
    }
    with st.expander(words.rates_title, icon=":material/table_rows:"):
        show.table(wished)
    return {
        words.threshold: list(known.thresholds),
        words.cut_accepts: list(known.accepts),
        words.cut_rejects: list(known.rejects),
    }


def _code(
    mine: Choice | None,
    theirs: Choice | None,
    finder: Finder,
    describer: ModelSpec,
    threshold: float,
) -> str:
    if mine is None or theirs is None:
        return snippet(faces.threshold_of, describer.name)
    vectors = [
        _written(name, choice, finder, describer) for name, choice in (("a", mine), ("b", theirs))
    ]
    return snippet(faces.compare, *vectors, threshold=threshold)


def _written(name: str, choice: Choice, finder: Finder, describer: ModelSpec) -> Written:
    """Lines that open a photo, find the face in it and describe it."""
    photo, module = f"photo_{name}", "face_recognition"
    found = f"{module}.find({photo}, {finder.written})[{choice.place}]"
    told = f"{module}.describe({photo}, {found}, model={describer.name!r})"
    return Written(name, (*opening_photo(choice.photo, photo), f"{name} = {told}"))
