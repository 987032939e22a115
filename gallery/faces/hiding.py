"""A face hidden more and more, and when it is no longer recognised."""

from collections.abc import Sequence
from itertools import zip_longest

import numpy as np
import streamlit as st

from gallery import controls
from gallery.answers import answer
from gallery.components.veil import ask_strength
from gallery.faces.case import REFERENCES, Case, Choice, Finder
from gallery.faces.inquiries import alike, looked, veiled
from gallery.photo import open_sample, sample_of
from gallery.takeaway import TakeAway, Written, snippet
from models import face_recognition as faces
from models._face_hide import Method

__all__ = ["draw_hiding"]

Settings = tuple[str, int | None, str, Method, tuple[float, ...]]  # of ``veiled``
STRENGTHS = (0.0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.13, 0.16, 0.2, 0.25, 0.3, 0.4, 0.5)  # of a width


def draw_hiding(case: Case) -> TakeAway:
    """The photo that is hidden, the photo that the searcher has, and a strength under the hand."""
    words, knobs = case.words, case.knobs
    photo, second = case.take_pair()
    with st.container(horizontal=True):
        finder, describer = case.choose_finder(), case.choose_describer()
    method: Method = controls.choice(knobs.method, faces.hide)
    mine = case.choose_face(photo, finder, knobs.face)
    theirs = case.choose_face(second, finder, knobs.other_face)
    if mine is None or theirs is None:
        return TakeAway(
            "hidden_face", snippet(faces.find, photo, **finder.settings), spec=finder.spec
        )
    limit = faces.threshold_of(describer.name)
    settings: Settings = (*finder.asked, describer.name, method, STRENGTHS)
    with st.spinner(words.veil_working(count=len(STRENGTHS))):
        hidden = answer(veiled, photo, mine.place, *settings)
        also = answer(alike, second, theirs.place, *settings)
        others = _stranger(case, (mine, theirs), hidden.vectors, settings)
    clear, both = _apart(hidden.vectors, also[:1]), _apart(hidden.vectors, also)
    curves: dict[str, list[float]] = {words.clear_hidden: clear, words.both_hidden: both}
    curves |= others
    rival = next(iter(others.values()), [])
    place = ask_strength(
        hidden.pictures,
        STRENGTHS,
        curves,
        [_told(case, limit, *each) for each in zip_longest(clear, both, rival)],
        hidden.found,
        limit,
        knobs.strength,
        words,
    )
    st.markdown(_summary(case, clear, [limit] * len(clear), words.breaks_clear))
    if rival:
        st.markdown(_summary(case, both, rival, words.breaks_both))
    if method == "paint":
        st.caption(words.paint_rim)
    strength = STRENGTHS[place]
    return TakeAway(
        "hidden_face",
        snippet(faces.hide, photo, _written(finder), method=method, strength=strength),
        picture=faces.hide(photo.pixels, list(mine.faces), method=method, strength=strength),
        table={
            words.strength: STRENGTHS,
            **curves,
            words.face_found: [str(int(each)) for each in hidden.found],
        },
        data={"method": method, "strength": strength, "threshold": limit},
        spec=describer,
    )


def _written(finder: Finder) -> Written:
    """The line of code that finds the faces to hide."""
    return Written("found", (f"found = face_recognition.find(photo, {finder.written})",))


def _apart(a: np.ndarray, b: np.ndarray) -> list[float]:
    return [round(float(each), 4) for each in np.linalg.norm(a - b, axis=1)]


def _stranger(
    case: Case,
    pair: tuple[Choice, Choice],
    vectors: np.ndarray,
    settings: Settings,
) -> dict[str, list[float]]:
    """Somebody else, hidden alike: a public figure who is in neither photo."""
    used = {str(choice.photo.sample).removesuffix("_again") for choice in pair}
    for key in REFERENCES[::-1]:
        if key not in used and "both_faces" not in used:
            sample = open_sample(key)
            if not answer(looked, sample, *settings[:2]).faces:
                continue
            theirs = answer(alike, sample, 0, *settings)
            name = sample_of(key).title[case.page.language]
            return {case.words.stranger(name=name): _apart(vectors, theirs)}
    return {}


def _told(case: Case, limit: float, clear: float, both: float, rival: float | None) -> str:
    words = case.words
    first = words.told_clear_same if clear <= limit else words.told_clear_lost
    if rival is None:
        return str(first(far=f"{clear:.2f}"))
    second = words.told_both_same if both < rival else words.told_both_lost
    values = {"far": f"{both:.2f}", "rival": f"{rival:.2f}"}
    return f"{first(far=f'{clear:.2f}')} {second(**values)}"


def _summary(case: Case, far: Sequence[float], limits: Sequence[float], what: str) -> str:
    """From which strength on recognition fails, and whether that lasts."""
    words = case.words
    fails = [each > limits[place] for place, each in enumerate(far)]
    if not any(fails):
        return words.breaks_never(what=what)
    first = fails.index(True)
    if first == 0:
        return words.breaks_at_once(what=what)
    said = words.breaks_at(what=what, strength=f"{STRENGTHS[first]:g}")
    return said if all(fails[first:]) else f"{said} {words.breaks_back}"
