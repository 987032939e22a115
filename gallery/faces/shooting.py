"""The challenge itself: one shot for each thing that is asked, in an order drawn anew."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import streamlit as st

from gallery import controls
from gallery.faces.case import FACES, Case
from gallery.faces.people import Vector
from gallery.faces.pictures import close_up
from gallery.faces.register import draw_again
from gallery.figures import minus
from gallery.photo import Photo, own_photo
from gallery.takeaway import TakeAway, Written, snippet
from gallery.words import sentence
from models import face_recognition as faces
from models._errors import InputError
from models._face_challenge import judge_shots
from models._face_live import LEAST, TASKS, Shot, Task, asked_order, judge_shot
from models._images import Pixels
from models._spec import ModelSpec

__all__ = ["Challenge", "said_of", "shots_table", "take_shots"]

KEPT = f"{FACES}challenge"
THUMB = 150  # pixels
ORDERS = 10**6
SHOTS = Written(
    "photos",
    (
        "from pathlib import Path",
        "from models._images import read_photo",
        'files = [Path(f"shot_{number}.jpg") for number in (1, 2, 3)]',
        "photos = [read_photo(file.read_bytes()).pixels for file in files]",
    ),
)
TURNED = 0.15  # added to the threshold: the same face turned is farther from itself


@dataclass(eq=False)
class Challenge:
    """What is asked of a visitor, and what was answered so far."""

    seed: int = field(default_factory=lambda: secrets.randbelow(ORDERS))
    mirrored: bool = False  # whether the shots are mirror images
    shots: list[Shot] = field(default_factory=list)
    found: list[faces.Face] = field(default_factory=list)
    pictures: list[Pixels] = field(default_factory=list)
    vectors: list[Vector] = field(default_factory=list)
    tries: int = 0  # so that each has widgets of its own
    refused: str = ""  # why the last shot does not count

    @property
    def order(self) -> tuple[Task, ...]:
        """What is asked, one after the other."""
        return asked_order(self.seed)

    @property
    def asked(self) -> Task | None:
        """What is asked now; ``None`` when all is answered."""
        return self.order[len(self.shots)] if len(self.shots) < len(TASKS) else None

    def take(self, shot: Shot, face: faces.Face, picture: Pixels, vector: Vector) -> None:
        """Keep an answer, whether it passed or not."""
        self.shots.append(shot)
        self.found.append(face)
        self.pictures.append(picture)
        self.vectors.append(vector)
        self.refused = ""


def take_shots(case: Case, finder: ModelSpec) -> TakeAway:
    """Ask, look, decide: one shot after the other."""
    words = case.words
    challenge: Challenge = st.session_state.setdefault(KEPT, Challenge())
    challenge.mirrored = controls.switch(case.knobs.mirrored)
    left, right = st.columns([3, 2])
    with left:
        if challenge.asked is None:
            _say_verdict(case, challenge)
        else:
            _ask(case, finder, challenge, challenge.asked)
    with right:
        _show_progress(case, challenge)
        if challenge.shots:
            st.button(
                words.anew, icon=":material/restart_alt:", key=f"{FACES}anew", on_click=_begin_anew
            )
    table = shots_table(case, challenge.shots)
    code = snippet(
        faces.challenge, SHOTS, asked=challenge.order, model=finder.name,
        threshold=_threshold(), mirrored=challenge.mirrored,
    )  # fmt: skip
    return TakeAway("challenge", code, table=table, data=table, spec=finder)


def _begin_anew() -> None:
    st.session_state[KEPT] = Challenge()


def _ask(case: Case, finder: ModelSpec, challenge: Challenge, task: Task) -> None:
    """One task, and the camera or a file to answer it."""
    words = case.words
    number = len(challenge.shots) + 1
    st.markdown(f"**{words.ask_number(number=number, count=len(TASKS))}** {words[f'ask_{task}']}")
    if challenge.refused:
        st.warning(challenge.refused, icon=":material/info:")
    key = f"{FACES}shot-{challenge.seed}-{challenge.tries}"
    by_camera, by_file = st.tabs([words.by_camera, words.by_file])
    sent = None
    with by_camera:
        if st.toggle(words.camera_on, key=f"{FACES}camera"):
            sent = st.camera_input(words.take_shot, key=f"{key}-camera")
    with by_file:
        sent = st.file_uploader(words.send_shot, key=f"{key}-file") or sent
    if sent is None:
        return
    challenge.tries += 1
    try:
        challenge.refused = ""
        _look(case, finder, challenge, task, own_photo(sent.getvalue()))
    except InputError as error:
        challenge.refused = sentence(error, case.page.language)
    draw_again()


def _look(case: Case, finder: ModelSpec, challenge: Challenge, task: Task, photo: Photo) -> None:
    found = faces.find(photo.pixels, finder.name)
    if not found:
        challenge.refused = case.words.no_face_in_shot
        return
    face = found[0]
    shot = judge_shot(face, task, challenge.mirrored)
    vector = faces.describe(photo.pixels, face)
    picture = close_up(photo.pixels, face.box, THUMB, face.landmarks)
    challenge.take(shot, face, picture, vector)


def _show_progress(case: Case, challenge: Challenge) -> None:
    """What was asked, what was measured."""
    for place, task in enumerate(challenge.order):
        name = case.words[f"task_{task}"]
        if place < len(challenge.shots):
            shot = challenge.shots[place]
            st.markdown(said_of(case, shot))
            st.image(challenge.pictures[place], width=THUMB, alt=name)
        else:
            st.markdown(f":material/pending: {name}")


def said_of(case: Case, shot: Shot) -> str:
    """A line on one answer: passed or not, and by how much."""
    icon = ":material/check_circle:" if shot.passed else ":material/cancel:"
    line = case.words.shot_line(
        task=case.words[f"task_{shot.task}"], measured=shot.measured, least=LEAST[shot.task]
    )
    return f"{icon} {minus(line)}"


def shots_table(case: Case, shots: Sequence[Shot]) -> dict[str, list[Any]]:
    """The answers as columns."""
    words = case.words
    return {
        words.task: [words[f"task_{shot.task}"] for shot in shots],
        words.yaw: [round(shot.yaw, 1) for shot in shots],
        words.roll: [round(shot.roll, 1) for shot in shots],
        words.least: [LEAST[shot.task] for shot in shots],
        words.passed: [words.yes if shot.passed else words.no for shot in shots],
    }


def _threshold() -> float:
    """Largest distance at which turned faces pass as one person."""
    return round(min(2.0, faces.threshold_of(faces.DESCRIBERS[0].name) + TURNED), 4)


def _say_verdict(case: Case, challenge: Challenge) -> None:
    """All answered: whether everything was done, and by one person."""
    words, threshold = case.words, _threshold()
    judged = judge_shots(
        challenge.found, challenge.order, np.array(challenge.vectors), threshold, challenge.mirrored
    )
    values = {"distance": float(judged.distances.max()), "threshold": threshold}
    failed = [words[f"task_{shot.task}"] for shot in judged.shots if not shot.passed]
    if failed:
        st.error(words.live_failed(tasks=words.comma.join(failed)), icon=":material/cancel:")
    elif not judged.passed:
        st.error(words.live_other(**values), icon=":material/group:")
    else:
        st.success(words.live_passed, icon=":material/check_circle:")
    st.caption(words.live_distance(**values))
