"""The stages between a photo and an answer: find, align, describe, compare."""

from time import perf_counter

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from gallery import controls, figures, show
from gallery.answers import answer
from gallery.faces.case import PARTS, REFERENCES, Case, Choice, Finder
from gallery.faces.inquiries import Described, described, looked
from gallery.faces.measures import draw_found, known_pairs
from gallery.faces.pictures import close_up, marked, on_photo
from gallery.photo import open_sample, sample_of
from gallery.takeaway import TakeAway, snippet
from models import face_recognition as faces
from models._spec import ModelSpec

__all__ = ["draw_stages"]

SIDE = 320  # pixels of a face as it is shown
AGAIN = {"astronaut": "astronaut_again", "hopper": "hopper_again"}  # for a photo by itself
NOSE = PARTS.index("nose")
COLUMNS = 16  # of the strip of numbers


def draw_stages(case: Case) -> TakeAway:
    """A photo on its way from pixels to distances."""
    words = case.words
    photo = case.take_photo()
    with st.container(horizontal=True):
        finder, describer = case.choose_finder(), case.choose_describer()
    choice = case.choose_face(photo, finder, case.knobs.face)
    if choice is None:
        code = snippet(faces.find, photo, **finder.settings)
        return TakeAway("faces", code, picture=photo.pixels, spec=finder.spec)
    table = _draw_found(case, choice)
    aligned = controls.switch(case.knobs.aligned, default=True)
    told = answer(described, photo, choice.place, *finder.asked, describer.name, aligned)
    _draw_alignment(case, choice, told, aligned)
    other = answer(described, photo, choice.place, *finder.asked, describer.name, not aligned)
    _draw_vector(case, told, other)
    count, comparing = _draw_comparison(case, choice, told, finder, describer)
    compared = words.stage_compare(count=count)
    show.drawing(
        figures.bars(
            [words.stage_find, words.stage_align, words.stage_describe, compared],
            [choice.milliseconds, told.aligning, told.describing, comparing],
            words.times_title,
            words.times_alt,
            x=words.milliseconds,
            name=words.stage,
            form=".1f",
        )
    )
    boxes, landmarks = _arrays(choice)
    draw_found(case)
    return TakeAway(
        "faces",
        snippet(
            faces.pipeline, photo, describer=describer.name, aligned=aligned, **finder.settings
        ),
        picture=on_photo(photo.pixels, boxes, landmarks),
        table=table,
        data={"faces": list(choice.faces), "described": choice.place, "vector": told.vector},
        spec=finder.spec,
    )


def _arrays(choice: Choice) -> tuple[np.ndarray, np.ndarray]:
    return (
        np.stack([face.box for face in choice.faces]),
        np.stack([face.landmarks for face in choice.faces]),
    )


def _draw_found(case: Case, choice: Choice) -> dict[str, list[object]]:
    words = case.words
    boxes, landmarks = _arrays(choice)
    drawn = figures.faces_on_photo(
        choice.photo.pixels,
        boxes,
        [face.score for face in choice.faces],
        landmarks,
        words.found_title(count=len(choice.faces)),
        words.found_alt(count=len(choice.faces)),
        names=[words.face_number(number=n + 1) for n in range(len(choice.faces))],
        parts=[words[part] for part in PARTS],
        score=words.score,
        chosen=choice.place,
    )
    show.drawing(drawn)
    return {name: list(column) for name, column in drawn.table.items()}


def _draw_alignment(case: Case, choice: Choice, told: Described, aligned: bool) -> None:
    words = case.words
    face = choice.face
    before = close_up(choice.photo.pixels, face.box, SIDE, face.landmarks)
    how = told.how
    after = marked(told.crop, how.landmarks, SIDE, how.template)
    with show.cards(words.align_title):
        show.side_by_side(
            lambda: show.picture(before, words.before_caption, words.before_alt),
            lambda: show.picture(
                after, words.after_on if aligned else words.after_off, words.after_alt
            ),
        )
        st.markdown(
            words.align_numbers(
                scale=f"{how.scale:.3f}",
                turn=figures.minus(f"{how.turn:+.1f}"),
                error=f"{how.error:.1f}",
            )
        )
        st.markdown(_moved_nose(case, face, how))


def _moved_nose(case: Case, face: faces.Face, how: faces.Alignment) -> str:
    """The transformation with its numbers, at the tip of the nose."""
    (x, y), (right, down) = face.landmarks[NOSE], how.landmarks[NOSE]
    to, beside = how.template[NOSE]
    numbers = {"x": x, "y": y, "right": right, "down": down, "to": to, "beside": beside}
    (a, b, across), (c, d, below) = how.matrix
    rows = [  # each in two lines, for a phone
        rf"{right:.1f}&={a:.3f}\cdot{x:.1f}\\&\quad{b:+.3f}\cdot{y:.1f}{across:+.1f}",
        rf"{down:.1f}&={c:.3f}\cdot{x:.1f}\\&\quad{d:+.3f}\cdot{y:.1f}{below:+.1f}",
    ]
    formula = r"\\".join(rows)
    said = case.words.align_nose(**{name: f"{value:.1f}" for name, value in numbers.items()})
    return f"{said}\n\n$$\n\\begin{{aligned}}{formula}\\end{{aligned}}\n$$"


def _draw_vector(case: Case, told: Described, other: Described) -> None:
    words = case.words
    with show.cards(words.describe_title(count=len(told.vector))):
        show.drawing(
            figures.heatmap(
                told.vector.reshape(-1, COLUMNS),
                "",
                words.vector_alt,
                x=words.number_in_row,
                y=words.row_of_numbers,
                value=words.value,
                signed=True,
                height=250,
            )
        )
        length = float(np.linalg.norm(told.vector))
        far = faces.distance(told.vector, other.vector)
        st.caption(words.vector_said(length=f"{length:.3f}", far=f"{far:.2f}"))


def _draw_comparison(
    case: Case, choice: Choice, told: Described, finder: Finder, describer: ModelSpec
) -> tuple[int, float]:
    """Draw the distances to others; how many those are, and the milliseconds of measuring them."""
    words = case.words
    others = _others(case, choice, finder, describer)
    start = perf_counter()
    found = {name: faces.distance(told.vector, vector) for name, vector in others.items()}
    spent = (perf_counter() - start) * 1000
    threshold = faces.threshold_of(describer.name)
    drawn = figures.distances(
        found,
        known_pairs(case, describer.name),
        threshold,
        words.compare_title,
        words.compare_alt,
        x=words.distance,
        y=words.share_of_pairs,
        name=words.compared_with,
        limit=words.threshold,
    )
    show.drawing(drawn)
    nearest = min(found, key=lambda name: found[name]) if found else None
    if nearest is not None and found[nearest] <= threshold:
        st.markdown(words.nearest_same(name=nearest, far=f"{found[nearest]:.2f}"))
    elif nearest is not None:
        st.markdown(words.nearest_other(name=nearest, far=f"{found[nearest]:.2f}"))
    return len(found), spent


def _others(
    case: Case, choice: Choice, finder: Finder, describer: ModelSpec
) -> dict[str, NDArray[np.float32]]:
    """The vectors of public figures and of a few other faces of the photo, by name."""
    words = case.words
    found: dict[str, NDArray[np.float32]] = {}
    for key in REFERENCES:
        twin = AGAIN[key] if choice.photo.sample == key else key
        sample = open_sample(twin)
        if not answer(looked, sample, *finder.asked).faces:
            continue
        theirs = answer(described, sample, 0, *finder.asked, describer.name, True)
        found[sample_of(key).title[case.page.language]] = theirs.vector
    for place in range(len(choice.faces)):
        if place != choice.place and place < 4:
            theirs = answer(described, choice.photo, place, *finder.asked, describer.name, True)
            name = words.face_number(number=place + 1)
            found[name] = theirs.vector
    return found
