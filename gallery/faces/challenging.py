"""Live, or a picture of a picture: a flat photo held up, and the challenge that finds it out."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from gallery import controls, figures, show
from gallery.answers import answer
from gallery.faces.case import Case
from gallery.faces.pictures import on_photo
from gallery.faces.shooting import said_of, shots_table, take_shots
from gallery.photo import Photo
from gallery.takeaway import TakeAway, Written, opening_photo, snippet
from models import face_recognition as faces
from models._face_flat import hold_up
from models._face_live import TASKS, judge_shot, yaw_curve
from models._spec import ModelSpec

__all__ = ["draw_challenge"]

MODES = ("flat", "shots")
TURNS = [float(turn) for turn in range(-60, 61, 4)]  # degrees


def draw_challenge(case: Case) -> TakeAway:
    """A flat photo that is held up, or the visitor before the camera."""
    mode = controls.choice(case.knobs.live_mode, MODES)
    finder = case.choose_network()
    taken = take_shots(case, finder) if mode == "shots" else _hold_up(case, finder)
    with st.container(border=True):
        st.markdown(f":material/gpp_maybe: **{case.words.not_caught_title}**")
        st.markdown(case.words.not_caught)
    return taken


def _hold_up(case: Case, finder: ModelSpec) -> TakeAway:
    """A photo on paper before the camera: what the check measures, and what it answers."""
    words = case.words
    photo = case.take_photo(words=case.knobs.held)
    one, other = st.columns(2)
    with one:
        turn = controls.number(case.knobs.turn, hold_up)
    with other:
        tilt = controls.number(case.knobs.tilt, hold_up)
    held = answer(hold_up, photo, turn=turn, tilt=tilt)
    found = answer(faces.find, held, finder.name)[:1]
    drawn = on_photo(held, *_marks(found))
    shots = [judge_shot(face, task) for face in found for task in TASKS]
    left, right = st.columns(2)  # below both sliders, on a phone too
    with left:
        show.picture(drawn, words.held_caption(turn=turn, tilt=tilt), words.held_alt)
    with right:
        st.markdown(f"**{words.asked_of_paper}**")
        for shot in shots:
            st.markdown(said_of(case, shot))
        if found:
            st.markdown(words.paper_verdict)
        else:
            st.info(words.paper_no_face, icon=":material/face_retouching_off:")
    _draw_curves(case, turn)
    table = shots_table(case, shots)
    code = _code(photo, turn, tilt, finder.name, is_found=bool(found))
    return TakeAway("flat_photo", code, picture=drawn, table=table, data=table, spec=finder)


def _code(photo: Photo, turn: float, tilt: float, finder: str, is_found: bool) -> str:
    """Python that holds the photo up and asks where the head points."""
    held = (
        *opening_photo(photo, "photo"),
        "from models._face_flat import hold_up",
        f"held = hold_up(photo, turn={turn!r}, tilt={tilt!r})",
    )
    if not is_found:
        return snippet(faces.find, Written("held", held), model=finder)
    found = f"face = face_recognition.find(held, model={finder!r})[0]"
    return snippet(faces.head_pose, Written("face", (*held, found)))


def _marks(found: tuple[faces.Face, ...]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Boxes and landmarks, of none as well."""
    boxes = np.array([face.box for face in found], np.float32).reshape(-1, 4)
    return boxes, np.array([face.landmarks for face in found], np.float32).reshape(-1, 5, 2)


def _draw_curves(case: Case, turn: float) -> None:
    """What is measured of a head that turns, and of a photo of it that is turned."""
    words = case.words
    show.drawing(
        figures.lines(
            TURNS,
            {
                words.a_head: answer(yaw_curve, TURNS, False).tolist(),
                words.a_photo: answer(yaw_curve, TURNS, True).tolist(),
            },
            words.curves_title,
            words.curves_alt,
            x=words.turned_by,
            y=words.yaw_measured,
            mark=turn,
        )
    )
