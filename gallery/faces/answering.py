"""What a photo with several faces is answered with, and how all faces lie to each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from gallery import controls, figures, show
from gallery.components.tiles import choose_tile
from gallery.faces.case import TILE
from gallery.faces.people import plain
from gallery.faces.pictures import close_up, on_photo
from gallery.faces.register import Register
from gallery.photo import Photo
from gallery.takeaway import TakeAway, Written, snippet
from models import face_recognition as faces
from models._face_map import between, between_all, flatten, grow_tree
from models._face_measured import MeasuredName

__all__ = ["draw_answers", "two_nearest"]

VIEWS = ("answers", "matrix", "tree", "map")
MOST_BARS = 12
MOST_PEOPLE, MOST_FOUND = 30, 10  # enrolled, and of the photo, whose names are still read


@dataclass(frozen=True, eq=False)
class Crowd:
    """The faces of the new photo and what each was answered with."""

    register: Register
    photo: Photo
    found: Sequence[faces.Face]
    vectors: Sequence[NDArray[np.float32]]
    answers: Sequence[faces.Identification | None]  # None: nobody is enrolled
    threshold: float

    def called(self, place: int) -> str:
        """The name, or that it is nobody enrolled."""
        answered = self.answers[place]
        return str((answered and answered.name) or self.register.case.words.unknown)

    def label(self, place: int) -> str:
        """Number of the face in the photo, and who it is."""
        return self.register.case.words.face_is(number=place + 1, name=self.called(place))


def draw_answers(register: Register) -> TakeAway:
    """A new photo, the threshold, and one of four ways to look at the outcome."""
    case = register.case
    photo = case.take_photo("both_faces", case.knobs.crowd)
    default = faces.threshold_of(register.describer.name)
    threshold = controls.number(case.knobs.threshold, faces.identify, default=default)
    crowd = _answer(register, photo, threshold)
    view = controls.choice(case.knobs.view, VIEWS)
    if view == "answers" or not crowd.found:
        case.remark(photo, crowd.found)
    if view == "answers":
        _draw_answers(crowd)
    else:
        _draw_all(crowd, view)
    table = _table(crowd)
    return TakeAway(
        "faces_recognised",
        _code(register, photo, threshold),
        picture=on_photo(
            photo.pixels,
            np.array([face.box for face in crowd.found]).reshape(-1, 4),
            np.array([face.landmarks for face in crowd.found]).reshape(-1, 5, 2),
        ),
        table=table,
        data={"threshold": threshold, "answers": table},
        spec=register.describer,
    )


def _code(register: Register, photo: Photo, threshold: float) -> str:
    """Python that answers the photo; whom a visitor enrolled comes from the file of vectors."""
    model, present = register.describer.name, register.people.present
    if not present:
        return snippet(faces.find, photo, **register.finder.settings)
    if all(person.sample for person in present):
        lines = ["from gallery.photo import open_sample"]
        lines.append(f"people = face_recognition.FaceGallery.empty({model!r})")
        for person in present:
            known, name = person.sample, register.name_of(person)
            lines.append(f"{known} = open_sample({known!r}).pixels")
            lines.append(f"vector = face_recognition.describe({known}, model={model!r})")
            lines.append(f"people = face_recognition.enrol(people, {name!r}, vector)")
    else:
        file = f"faces_{model}.json"  # as the button to save it calls it
        lines = ["from pathlib import Path", f"saved = Path({file!r}).read_bytes()"]
        lines.append("people = face_recognition.read_gallery(saved)")
    book = Written("people", tuple(lines))
    settings = register.finder.settings
    return snippet(faces.recognise, photo, gallery=book, threshold=threshold, **settings)


def _answer(register: Register, photo: Photo, threshold: float) -> Crowd:
    found, book = register.find(photo), register.book
    vectors = [register.describe(photo, face) for face in found]
    answers = [
        faces.identify(vector, book, threshold) if book.names else None for vector in vectors
    ]
    return Crowd(register, photo, found, vectors, answers, threshold)


def _draw_answers(crowd: Crowd) -> None:
    """The photo with names, and for one of its faces the distance to everybody."""
    words, found = crowd.register.case.words, crowd.found
    boxes = [
        figures.NamedBox(
            face.box, crowd.called(place), _said(crowd, place), _is_known(crowd, place)
        )
        for place, face in enumerate(found)
    ]
    show.drawing(figures.named_faces(crowd.photo.pixels, boxes, words.crowd_alt(count=len(found))))
    if not found:
        return
    show.table(_table(crowd))
    _say_chances(crowd)
    place = 0
    if len(found) > 1:
        knob = crowd.register.case.knobs.crowd_face
        tiles = [close_up(crowd.photo.pixels, face.box, TILE) for face in found]
        names = [crowd.label(number) for number in range(len(found))]
        place = choose_tile(knob.key, knob.label, tiles, names, range(len(found)), TILE)
    answered = crowd.answers[place]
    if answered is not None:
        _draw_distances(crowd, answered, crowd.label(place))


def _say_chances(crowd: Crowd) -> None:
    """How likely a stranger passes for anybody, with the numbers put in."""
    register, count = crowd.register, len(crowd.register.people.present)
    known = faces.rates(cast("MeasuredName", register.describer.name), crowd.threshold)
    if known is not None and count:
        one = known.false_accepts
        every = 1 - (1 - one) ** count
        st.markdown(register.case.words.stranger_passes(one=one, count=count, every=every))


def _draw_distances(crowd: Crowd, answered: faces.Identification, label: str) -> None:
    """A bar for everybody enrolled, the nearest first."""
    words, names = crowd.register.case.words, crowd.register.names
    nearest = [int(place) for place in answered.order[:MOST_BARS]]
    show.drawing(
        figures.bars(
            [names[place] for place in nearest],
            [float(answered.distances[place]) for place in nearest],
            words.distances_title(face=plain(label)),
            words.distances_alt,
            x=words.how_far,
            name=words.to_person,
            form=".2f",
            highlight=[0] if answered.name else [],
            mark=crowd.threshold,
            mark_name=words.at_threshold,
        )
    )


def _is_known(crowd: Crowd, place: int) -> bool:
    answered = crowd.answers[place]
    return answered is not None and answered.name is not None


def _said(crowd: Crowd, place: int) -> str:
    words, answered = crowd.register.case.words, crowd.answers[place]
    if answered is None:
        return str(words.nobody_to_compare)
    name = crowd.register.names[answered.number]
    return str(words.nearest_is(name=name, distance=answered.distance))


def _table(crowd: Crowd) -> dict[str, list[Any]]:
    """Each face with its answer, the nearest person and the next one."""
    words, names = crowd.register.case.words, crowd.register.names
    headings = (
        words.which_face, words.answered, words.nearest, words.how_far, words.second_nearest,
        words.second_distance,
    )  # fmt: skip
    table: dict[str, list[Any]] = {str(heading): [] for heading in headings}
    for place, answered in enumerate(crowd.answers):
        first, second = two_nearest(names, [] if answered is None else answered.distances)
        row = (place + 1, crowd.called(place), *first, *second)
        for column, value in zip(table.values(), row, strict=True):
            column.append(value)
    return table


def two_nearest(
    names: Sequence[str], distances: Sequence[float] | NDArray[np.floating]
) -> list[tuple[str, float | None]]:
    """The two nearest people of different names, each with the distance of the nearest photo.

    >>> two_nearest(["Ada", "Ada", "Bo"], [0.7, 0.4, 0.9])
    [('Ada', 0.4), ('Bo', 0.9)]
    """
    nearest: dict[str, float | None] = {}
    for place in np.argsort(distances, kind="stable"):
        nearest.setdefault(names[int(place)], round(float(distances[int(place)]), 3))
    return [*nearest.items(), ("", None), ("", None)][:2]


@dataclass(frozen=True, eq=False)
class Lineup:
    """Those whose distances are drawn: of many, the enrolled ones nearest to the photo's faces."""

    names: list[str]
    vectors: NDArray[np.float64]
    people: list[int]  # places among the enrolled, first in ``names``
    found: list[int]  # places among the faces of the photo, after them


def _line_up(crowd: Crowd) -> Lineup:
    register, words = crowd.register, crowd.register.case.words
    known, new = [person.vector for person in register.people.present], crowd.vectors
    people, found = list(range(len(known))), list(range(min(len(new), MOST_FOUND)))
    if len(known) > MOST_PEOPLE:
        far = np.zeros(len(known))
        if found:
            far = between(np.array(known), np.array(new[:MOST_FOUND])).min(axis=1)
        people = sorted(np.argsort(far, kind="stable")[:MOST_PEOPLE].tolist())
    names = [register.names[place] for place in people]
    names += [words.in_photo(number=place + 1) for place in found]
    every = [*(known[place] for place in people), *(new[place] for place in found)]
    return Lineup(names, np.array(every, np.float64), people, found)


def _draw_all(crowd: Crowd, view: str) -> None:
    """Everybody enrolled and every face of the photo, in one of three ways."""
    words, lineup = crowd.register.case.words, _line_up(crowd)
    if len(lineup.names) < 2:
        st.info(words.too_few, icon=":material/info:")
        return
    if view == "map":
        _draw_map(crowd, lineup)
    elif view == "tree":
        show.drawing(
            figures.dendrogram(
                grow_tree(between_all(lineup.vectors)), lineup.names, words.tree_title,
                words.tree_alt, x=words.how_far, name=words.which_face,
                threshold=crowd.threshold, threshold_name=words.at_threshold,
            )
        )  # fmt: skip
    else:
        show.drawing(
            figures.named_grid(
                between_all(lineup.vectors), lineup.names, lineup.names, words.matrix_title,
                words.matrix_alt, x=words.which_face, y=words.which_face, value=words.how_far,
                form=".2f", limit=2.0,
            )
        )  # fmt: skip
    enrolled, found = len(crowd.register.people.present), len(crowd.found)
    if enrolled + found > len(lineup.names):
        counts = {"people": len(lineup.people), "enrolled": enrolled}
        st.caption(words.shown_of(shown=len(lineup.found), found=found, **counts))


def _draw_map(crowd: Crowd, lineup: Lineup) -> None:
    """Two directions out of all, the same for everybody."""
    words, count = crowd.register.case.words, len(lineup.people)
    found, names = flatten(lineup.vectors), lineup.names
    groups = [
        figures.PersonGroup(name, found.places[[n for n in range(count) if names[n] == name]])
        for name in dict.fromkeys(names[:count])
    ]
    if lineup.found:
        pairs = zip(names[count:], lineup.found, strict=True)
        labels = [f"{name}: {crowd.called(place)}" for name, place in pairs]
        groups.append(figures.PersonGroup(words.from_photo, found.places[count:], labels, True))
    show.drawing(
        figures.face_map(
            groups, words.map_title, words.map_alt, x=words.first_direction,
            y=words.second_direction, name=words.which_face,
        )
    )  # fmt: skip
    st.caption(words.map_kept(share=found.kept))
