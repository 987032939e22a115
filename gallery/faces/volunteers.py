"""Choosing among the faces of volunteers: there are vectors and numbers of people, no pictures."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from gallery import controls
from gallery.demos import Control
from gallery.faces.case import Case
from gallery.takeaway import Written
from models import face_recognition as faces

__all__ = ["choose_face_of", "choose_photo", "face_name", "row_of", "say_of_whom"]


def choose_face_of(
    case: Case,
    known: faces.Volunteers,
    person_words: Control,
    photo_words: Control,
    but: int | None = None,
    default: int = 0,
) -> int:
    """A face of the set: whose, and which photo of that person.

    Args:
        case: The page.
        known: The set.
        person_words: Words of the first control.
        photo_words: Words of the second one.
        but: A person who is not offered.
        default: Place among the people of the one to begin with.
    """
    people = [int(person) for person in np.unique(known.people) if person != but]
    options = {str(person): case.words.person_number(number=person + 1) for person in people}
    named = Control(person_words.key, person_words.label, person_words.help, options)
    person = controls.choice(named, people, people[default], listed=True)
    own = np.flatnonzero(known.people == person)
    return choose_photo(case, photo_words, own, own)


def choose_photo(
    case: Case, words: Control, offered: NDArray[np.intp], own: NDArray[np.intp]
) -> int:
    """A photo of one person.

    Args:
        case: The page.
        words: Words of the control.
        offered: Numbers of the faces to choose from.
        own: Numbers of all faces of that person.
    """
    numbers = [int(np.flatnonzero(own == place)[0]) + 1 for place in offered]
    options = {str(number): case.words.photo_number(number=number) for number in numbers}
    named = Control(words.key, words.label, words.help, options)
    return int(own[controls.choice(named, numbers, listed=True) - 1])


def face_name(case: Case, known: faces.Volunteers, place: int) -> str:
    """What a face of the set is called: it has no name, only numbers."""
    own = np.flatnonzero(known.people == known.people[place])
    number = int(np.flatnonzero(own == place)[0]) + 1
    return str(case.words.known_face(person=int(known.people[place]) + 1, photo=number))


def row_of(name: str, place: int) -> Written:
    """The line of code that takes a vector of the set."""
    return Written(name, (f"{name} = face_recognition.volunteers().vectors[{place}]",))


def say_of_whom(case: Case, known: faces.Volunteers) -> None:
    """Whose faces these are, with credit."""
    count = len(np.unique(known.people))
    st.caption(case.words.volunteers_note(faces=len(known.people), people=count))
